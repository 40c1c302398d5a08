//! Bulk inserts as SQLite spells them: one JSON array in `$1`, read by `json_each`. The `WHERE true` keeps its parser from
//! taking `ON CONFLICT` for the condition of a join. `json_each` prints a row anew for each mention of its `value`, and `->>`
//! parses it again; so each statement first makes a table of rows in SQLite's own form, once.

pub(in crate::storage) use crate::storage::statements::*;

/// Read at the start of a write transaction, which `BEGIN IMMEDIATE` has made the only one.
pub(in crate::storage) const LOCK_HEAD: &str = HEAD;

pub(in crate::storage) const CONTENTS: &str = "
    SELECT id, text, metadata, rule_set
    FROM contents
    WHERE context = $1 AND id IN (SELECT value FROM json_each($2))";

pub(in crate::storage) const INSERT_REGISTERED: [&str; 5] = [
    "
    WITH rows AS MATERIALIZED (SELECT jsonb(value) AS row FROM json_each($1))
    INSERT INTO contexts (context)
    SELECT DISTINCT row ->> 'context' FROM rows WHERE true
    ON CONFLICT DO NOTHING",
    "
    WITH rows AS MATERIALIZED (SELECT jsonb(value) AS row FROM json_each($1))
    INSERT INTO schemas (context, id, guid, text_guid, schema_type, has_extras)
    SELECT
        row ->> 'context', row ->> 'id', row ->> 'guid', row ->> 'text_guid', row ->> 'schema_type',
        row ->> 'has_extras'
    FROM rows WHERE true
    ON CONFLICT DO NOTHING",
    "
    WITH rows AS MATERIALIZED (SELECT jsonb(value) AS row FROM json_each($1))
    INSERT INTO contents (context, id, text, metadata, rule_set)
    SELECT
        row ->> 'context', row ->> 'id', row ->> 'text', row ->> 'metadata', row ->> 'rule_set'
    FROM rows WHERE row ->> 'text' IS NOT NULL
    ON CONFLICT DO NOTHING",
    "
    WITH rows AS MATERIALIZED (SELECT jsonb(value) AS row FROM json_each($1))
    INSERT INTO subjects (context, subject, last_version)
    SELECT row ->> 'context', row ->> 'subject', MAX(row ->> 'version')
    FROM rows WHERE true
    GROUP BY 1, 2
    ON CONFLICT (context, subject) DO UPDATE SET last_version = MAX(last_version, excluded.last_version)",
    "
    WITH rows AS MATERIALIZED (SELECT jsonb(value) AS row FROM json_each($1))
    INSERT INTO versions (context, subject, version, schema_id, deleted, registered_at)
    SELECT
        row ->> 'context', row ->> 'subject', row ->> 'version', row ->> 'id', row ->> 'deleted', row ->> 'at'
    FROM rows",
];

pub(in crate::storage) const INSERT_REFERENCES: &str = "
    WITH rows AS MATERIALIZED (SELECT jsonb(value) AS row FROM json_each($1))
    INSERT INTO schema_references (context, id, position, name, subject, version)
    SELECT
        registered.row ->> 'context', registered.row ->> 'id', reference.value ->> 'position',
        reference.value ->> 'name', reference.value ->> 'subject', reference.value ->> 'version'
    FROM rows AS registered, json_each(registered.row, '$.references') AS reference WHERE true
    ON CONFLICT DO NOTHING";

pub(in crate::storage) const INSERT_CHANGES: &str = "
    WITH rows AS MATERIALIZED (SELECT jsonb(value) AS row FROM json_each($1))
    INSERT INTO changes (seq, at, actor, kind, payload)
    SELECT row ->> 'seq', row ->> 'at', row ->> 'actor', row ->> 'kind', row ->> 'payload'
    FROM rows";
