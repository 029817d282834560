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
-- one zstd frame of texts one after the other, size its length unpacked. A pack
-- says itself which documents are in it, in order: 32 bytes of digest and 4 of
-- size each, the most significant first.
CREATE TABLE pack (
  id        INTEGER PRIMARY KEY,
  size      INTEGER NOT NULL,
  data      BLOB NOT NULL,
  documents BLOB NOT NULL
) STRICT;
