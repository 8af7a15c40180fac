#  Staff of a company, loaded by the mysql client
DROP DATABASE IF EXISTS staff;
CREATE DATABASE IF NOT EXISTS staff;
USE staff;
SELECT 'CREATING DATABASE STRUCTURE' as 'INFO';
source settings.sql
CREATE TABLE people (
    no          INT             NOT NULL,
    birth_date  DATE            NOT NULL,
    gender      ENUM ('M','F')  NOT NULL,
    PRIMARY KEY (no)
);
DELIMITER //
CREATE FUNCTION age(d DATE) RETURNS INT DETERMINISTIC
BEGIN
  RETURN TIMESTAMPDIFF(YEAR, d, CURDATE());
END//
DELIMITER ;
CREATE TABLE salaries (
    no          INT             NOT NULL,
    salary      INT             NOT NULL,
    from_date   DATE            NOT NULL,
    to_date     DATE            NOT NULL,
    FOREIGN KEY (no) REFERENCES people (no) ON DELETE CASCADE,
    PRIMARY KEY (no, from_date)
)
PARTITION BY RANGE  COLUMNS (from_date)
(   partition p01 values less than ('1985-12-31'),
    partition p02 values less than (MAXVALUE)
);
flush /*!50503 binary */ logs;
\. load_people.dump
source load_salaries.dump ;
CREATE OR REPLACE VIEW current_salary AS SELECT no, max(salary) FROM salaries GROUP BY no;
