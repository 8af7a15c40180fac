-- What a Rails application's migrations make in PostgreSQL.
SET statement_timeout = 0;
CREATE TABLE public.schema_migrations (version character varying NOT NULL, CONSTRAINT schema_migrations_pkey PRIMARY KEY (version));
CREATE TABLE public.ar_internal_metadata (key character varying NOT NULL, value character varying, created_at timestamp(6) without time zone NOT NULL, updated_at timestamp(6) without time zone NOT NULL, CONSTRAINT ar_internal_metadata_pkey PRIMARY KEY (key));
CREATE TABLE public.users (id bigserial NOT NULL, email character varying DEFAULT ''::character varying NOT NULL, encrypted_password character varying DEFAULT ''::character varying NOT NULL, name character varying, role integer DEFAULT 0 NOT NULL, sign_in_count integer DEFAULT 0 NOT NULL, confirmed_at timestamp(6) without time zone, settings jsonb DEFAULT '{}'::jsonb NOT NULL, created_at timestamp(6) without time zone NOT NULL, updated_at timestamp(6) without time zone NOT NULL);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX index_users_on_email ON public.users USING btree (email);
CREATE TABLE public.projects (id bigserial NOT NULL, owner_id bigint NOT NULL, name character varying(255) NOT NULL, public boolean DEFAULT false NOT NULL, budget numeric(12,2), token uuid NOT NULL, created_at timestamp(6) without time zone NOT NULL, updated_at timestamp(6) without time zone NOT NULL);
ALTER TABLE ONLY public.projects ADD CONSTRAINT projects_pkey PRIMARY KEY (id);
CREATE TABLE public.memberships (id bigserial NOT NULL, user_id bigint NOT NULL, project_id bigint NOT NULL, level smallint NOT NULL, created_at timestamp(6) without time zone NOT NULL);
ALTER TABLE ONLY public.memberships ADD CONSTRAINT memberships_pkey PRIMARY KEY (id);
CREATE TABLE public.comments (id bigserial NOT NULL, body text NOT NULL, author_id bigint, parent_id bigint, project_id bigint NOT NULL, likes integer DEFAULT 0 NOT NULL, created_at timestamp(6) without time zone NOT NULL);
ALTER TABLE ONLY public.comments ADD CONSTRAINT comments_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.projects ADD CONSTRAINT fk_rails_1 FOREIGN KEY (owner_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.memberships ADD CONSTRAINT fk_rails_2 FOREIGN KEY (user_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.memberships ADD CONSTRAINT fk_rails_3 FOREIGN KEY (project_id) REFERENCES public.projects(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.comments ADD CONSTRAINT fk_rails_4 FOREIGN KEY (author_id) REFERENCES public.users(id);
ALTER TABLE ONLY public.comments ADD CONSTRAINT fk_rails_5 FOREIGN KEY (parent_id) REFERENCES public.comments(id);
ALTER TABLE ONLY public.comments ADD CONSTRAINT fk_rails_6 FOREIGN KEY (project_id) REFERENCES public.projects(id);
