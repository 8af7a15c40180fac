rem
rem NAME
rem   people.sql - don't run it twice
rem
SET FEEDBACK 1
SET NUMWIDTH 10
SET ECHO OFF
WHENEVER SQLERROR EXIT SQL.SQLCODE
Prompt ******  Creating REGIONS; it's quick ...

CREATE TABLE regions
    ( region_id      NUMBER
       CONSTRAINT  region_id_nn NOT NULL
    , region_name    VARCHAR2(25)
    );

CREATE UNIQUE INDEX reg_id_pk
ON regions (region_id);

ALTER TABLE regions
ADD ( CONSTRAINT reg_id_pk
       		 PRIMARY KEY (region_id)
    ) ;

Prompt ******  Creating PEOPLE table ....

CREATE TABLE people
    ( person_id      NUMBER(6)
    , email          VARCHAR2(25 CHAR)
	CONSTRAINT     emp_email_nn  NOT NULL ENABLE
    , salary         NUMBER(8,2)
    , region_id      NUMBER
    , CONSTRAINT     emp_salary_min
                     CHECK (salary > 0)
    , CONSTRAINT     emp_email_uk
                     UNIQUE (email) USING INDEX TABLESPACE users
    )
/
ALTER TABLE people
ADD ( CONSTRAINT     emp_emp_id_pk
                     PRIMARY KEY (person_id)
    , CONSTRAINT     emp_reg_fk
                     FOREIGN KEY (region_id)
                      REFERENCES regions
    ) ;

CREATE SEQUENCE people_seq
 START WITH     207
 NOCACHE;

CREATE OR REPLACE PROCEDURE secure_dml
IS
BEGIN
  IF TO_CHAR (SYSDATE, 'HH24:MI') NOT BETWEEN '08:00' AND '18:00' THEN
	RAISE_APPLICATION_ERROR (-20205, 'You may only make changes; it''s late');
  END IF;
END secure_dml;
/
COMMENT ON TABLE regions IS 'Regions: the company''s; four of them';
@people_populate.sql
CREATE TABLE notes (person_id NUMBER(6) NOT NULL REFERENCES people, body CLOB, at TIMESTAMP(6) WITH LOCAL TIME ZONE)
/
EXIT
