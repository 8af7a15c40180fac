SET CLUSTER SETTING kv.rangefeed.enabled = true;
CREATE TABLE public.users (
	id UUID NOT NULL DEFAULT gen_random_uuid(),
	city VARCHAR(20) NOT NULL,
	email STRING NULL,
	profile JSONB NULL,
	rowid INT8 NOT VISIBLE NOT NULL DEFAULT unique_rowid(),
	CONSTRAINT users_pkey PRIMARY KEY (city ASC, id ASC),
	UNIQUE INDEX users_email_key (email ASC),
	INVERTED INDEX users_profile_idx (profile),
	FAMILY "primary" (id, city, email)
) LOCALITY REGIONAL BY TABLE IN PRIMARY REGION;
CREATE TABLE public.rides (
	id UUID NOT NULL,
	city VARCHAR(20) NOT NULL,
	rider UUID NOT NULL,
	fare DECIMAL(10,2) NULL CHECK (fare >= 0),
	CONSTRAINT rides_pkey PRIMARY KEY (id ASC),
	CONSTRAINT rides_fk FOREIGN KEY (city, rider) REFERENCES public.users(city, id),
	INDEX rides_city_idx (city ASC) STORING (fare)
) WITH (ttl = 'on', ttl_expiration_expression = e'((now() - INTERVAL \'1 day\'))');
BACKUP INTO 'nodelocal://1/x' AS OF SYSTEM TIME '-10s';
ALTER TABLE public.rides CONFIGURE ZONE USING range_min_bytes = 0, gc.ttlseconds = 600;
