\set ON_ERROR_STOP on
\set schema 'library'
\echo Don't panic; this takes a while
\c library
BEGIN;
CREATE SCHEMA IF NOT EXISTS library;
DO $body$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'genre') THEN
    CREATE TYPE genre AS ENUM ('novel', 'poetry');
  END IF;
END
$body$;
CREATE TABLE library.authors (
  id serial PRIMARY KEY,
  name text NOT NULL,
  born date,
  EXCLUDE USING gist (name WITH =)
);
\if :{?with_books}
\echo and books
\endif
CREATE TABLE library.books (
  isbn varchar(13) PRIMARY KEY,
  author_id integer NOT NULL REFERENCES library.authors (id),
  shelf xml,
  pages integer CHECK (pages BETWEEN 1 AND 5000)
);
CREATE TABLE library.rare_books (signed boolean NOT NULL) INHERITS (library.books);
\copy library.authors from stdin csv
1,"O'Brien; Flann",1911-10-05
\.
CREATE OR REPLACE FUNCTION library.count_books(int) RETURNS bigint AS
'SELECT count(*) FROM library.books WHERE author_id = $1; ' LANGUAGE sql;
COMMIT;
\i more.sql
