-- The first form of the file. Everything of size is addressed by the SHA-256
-- of its content and shared by all snapshots.

PRAGMA application_id = 0x61636370; -- "accp"

-- writer: the version of the program that last changed the form of the file.
-- This table stays as it is in every later form, so that an older program can
-- say which version reads the file.
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- as_of and ingested_at are RFC 3339 in UTC, '' if unknown; digest is of the
-- facts, without positions, sources and diagnostics.
CREATE TABLE snapshot (
  id            INTEGER PRIMARY KEY AUTOINCREMENT,
  as_of         TEXT NOT NULL,
  ingested_at   TEXT NOT NULL,
  label         TEXT NOT NULL,
  engine        TEXT NOT NULL,
  digest        BLOB NOT NULL,
  sources       TEXT NOT NULL,
  counts        TEXT NOT NULL,
  coverage      TEXT NOT NULL
) STRICT;

-- A piece of a snapshot: one account, the organization, the resources, …, or
-- the positions that belong to one of them. data is one zstd frame. documents
-- is the digests of the policy documents that data refers to by number.
CREATE TABLE part (
  id        INTEGER PRIMARY KEY,
  sha256    BLOB NOT NULL UNIQUE,
  data      BLOB NOT NULL,
  documents BLOB NOT NULL
) STRICT;

CREATE TABLE snapshot_part (
  snapshot_id  INTEGER NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
  kind         TEXT NOT NULL,
  ordinal      INTEGER NOT NULL, -- of accounts, in order of their IDs
  name         TEXT NOT NULL,    -- of accounts, the ID
  part_id      INTEGER NOT NULL REFERENCES part (id),
  positions_id INTEGER REFERENCES part (id),
  PRIMARY KEY (snapshot_id, kind, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_part_part ON snapshot_part (part_id);
CREATE INDEX snapshot_part_positions ON snapshot_part (positions_id);

-- Documents lie together in packs, since one alone hardly compresses. data is
-- one zstd frame of texts one after the other, size its length unpacked.
CREATE TABLE pack (
  id   INTEGER PRIMARY KEY,
  size INTEGER NOT NULL,
  data BLOB NOT NULL
) STRICT;

CREATE TABLE document (
  sha256  BLOB PRIMARY KEY,
  pack_id INTEGER NOT NULL REFERENCES pack (id),
  offset  INTEGER NOT NULL,
  size    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX document_pack ON document (pack_id);

-- The users and roles of an account's part, for lookups and history. They
-- hang on the part, so that an account that did not change adds none.
CREATE TABLE part_principal (
  part_id   INTEGER NOT NULL REFERENCES part (id) ON DELETE CASCADE,
  arn       TEXT NOT NULL,
  account   TEXT NOT NULL,
  kind      TEXT NOT NULL,
  name      TEXT NOT NULL,
  unique_id TEXT NOT NULL,
  PRIMARY KEY (part_id, arn)
) STRICT, WITHOUT ROWID;
CREATE INDEX part_principal_arn ON part_principal (arn);
CREATE INDEX part_principal_unique_id ON part_principal (unique_id);

CREATE VIEW principal AS
  SELECT sp.snapshot_id, p.account, p.arn, p.kind, p.name, p.unique_id
  FROM snapshot_part AS sp JOIN part_principal AS p ON p.part_id = sp.part_id
  WHERE sp.kind = 'account';
