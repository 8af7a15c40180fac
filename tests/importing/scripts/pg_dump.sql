--
-- PostgreSQL database dump
--

\restrict h7Kq0aZ

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE EXTENSION IF NOT EXISTS pgcrypto WITH SCHEMA public;

CREATE TYPE public.seat_class AS ENUM (
    'economy',
    'business'
);
ALTER TYPE public.seat_class OWNER TO postgres;

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.updated_at := now(); -- it's late
    create temporary table seen (x integer);
    return new;
end;
$$;
ALTER FUNCTION public.touch() OWNER TO postgres;

CREATE TABLE public.airports (
    code character(3) NOT NULL,
    name text NOT NULL,
    flags bit varying(5),
    location point
);
ALTER TABLE public.airports OWNER TO postgres;

CREATE TABLE public.flights (
    flight_id bigint NOT NULL,
    origin character(3) NOT NULL,
    destination character(3) NOT NULL,
    class public.seat_class DEFAULT 'economy'::public.seat_class NOT NULL,
    price numeric(8,2),
    price_with_tax numeric(9,2) GENERATED ALWAYS AS ((price * 1.19)) STORED,
    CONSTRAINT flights_check CHECK ((origin <> destination)),
    CONSTRAINT flights_price_check CHECK ((price >= (0)::numeric))
);

CREATE SEQUENCE public.flights_flight_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.flights_flight_id_seq OWNED BY public.flights.flight_id;
ALTER TABLE ONLY public.flights ALTER COLUMN flight_id SET DEFAULT nextval('public.flights_flight_id_seq'::regclass);

COPY public.airports (code, name, flags, location) FROM stdin;
ORY	Paris; Orly	10110	(2.36,48.72)
CDG	Paris 'Charles de Gaulle'	\N	\N
\.

COPY public.flights (flight_id, origin, destination, class, price) FROM stdin;
1	ORY	CDG	economy	12.50
\.

SELECT pg_catalog.setval('public.flights_flight_id_seq', 1, true);

ALTER TABLE ONLY public.airports
    ADD CONSTRAINT airports_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.flights
    ADD CONSTRAINT flights_pkey PRIMARY KEY (flight_id);
CREATE INDEX flights_origin_idx ON public.flights USING btree (origin);
CREATE TRIGGER touch BEFORE UPDATE ON public.flights FOR EACH ROW EXECUTE FUNCTION public.touch();
ALTER TABLE ONLY public.flights
    ADD CONSTRAINT flights_origin_fkey FOREIGN KEY (origin) REFERENCES public.airports(code) ON DELETE RESTRICT;
ALTER TABLE ONLY public.flights
    ADD CONSTRAINT flights_destination_fkey FOREIGN KEY (destination) REFERENCES public.airports(code);
GRANT SELECT ON TABLE public.flights TO readers;

\unrestrict h7Kq0aZ
