PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE tracks(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  title,
  length REAL NOT NULL DEFAULT (0.0),
  seconds INTEGER AS (length * 60) STORED,
  genre TEXT CHECK (genre IN ('rock','1e2','080'))
) STRICT;
INSERT INTO tracks VALUES(1,'Don''t; stop',3.5,'rock');
INSERT INTO tracks VALUES(2,replace('two\nlines','\n',char(10)),1.0,'080');
CREATE TABLE plays(
  track INTEGER NOT NULL REFERENCES tracks(id) DEFERRABLE INITIALLY DEFERRED,
  at TEXT NOT NULL,
  [by whom] TEXT,
  PRIMARY KEY (track, at DESC)
) WITHOUT ROWID;
PRAGMA writable_schema=ON;
CREATE VIRTUAL TABLE search USING fts5(title, tokenize="porter");
CREATE TRIGGER tracks_ai AFTER INSERT ON tracks BEGIN
  INSERT INTO search(rowid, title) VALUES (new.id, new.title);
  UPDATE tracks SET title = CASE WHEN title = '' THEN 'none' END WHERE id = new.id;
END;
DELETE FROM sqlite_sequence;
CREATE TABLE ratings (track INTEGER REFERENCES tracks, stars INT CHECK (stars BETWEEN 1 AND 5));
COMMIT;
