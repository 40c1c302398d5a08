//! Bulk inserts as SQLite spells them: one JSON array in `$1`, read by `json_each`. The `WHERE true` keeps its parser from
//! taking `ON CONFLICT` for the condition of a join.

pub(in crate::storage) use crate::storage::statements::*;

/// Read at the start of a write transaction, which `BEGIN IMMEDIATE` has made the only one.
pub(in crate::storage) const LOCK_HEAD: &str = HEAD;

pub(in crate::storage) const INSERT_REGISTERED: [&str; 5] = [
    "
    INSERT INTO contexts (context)
    SELECT DISTINCT value ->> 'context' FROM json_each($1) WHERE true
    ON CONFLICT DO NOTHING",
    "
    INSERT INTO schemas (context, id, guid, text_guid, schema_type, has_extras)
    SELECT
        value ->> 'context', value ->> 'id', value ->> 'guid', value ->> 'text_guid', value ->> 'schema_type',
        value ->> 'has_extras'
    FROM json_each($1) WHERE true
    ON CONFLICT DO NOTHING",
    "
    INSERT INTO contents (context, id, text, metadata, rule_set)
    SELECT
        value ->> 'context', value ->> 'id', value ->> 'text', value ->> 'metadata', value ->> 'rule_set'
    FROM json_each($1) WHERE value ->> 'text' IS NOT NULL
    ON CONFLICT DO NOTHING",
    "
    INSERT INTO subjects (context, subject, last_version)
    SELECT value ->> 'context', value ->> 'subject', MAX(value ->> 'version')
    FROM json_each($1) WHERE true
    GROUP BY 1, 2
    ON CONFLICT (context, subject) DO UPDATE SET last_version = MAX(last_version, excluded.last_version)",
    "
    INSERT INTO versions (context, subject, version, schema_id, deleted, registered_at)
    SELECT
        value ->> 'context', value ->> 'subject', value ->> 'version', value ->> 'id', 0, value ->> 'at'
    FROM json_each($1)",
];

pub(in crate::storage) const INSERT_REFERENCES: &str = "
    INSERT INTO schema_references (context, id, position, name, subject, version)
    SELECT
        registered.value ->> 'context', registered.value ->> 'id', reference.value ->> 'position',
        reference.value ->> 'name', reference.value ->> 'subject', reference.value ->> 'version'
    FROM json_each($1) AS registered, json_each(registered.value, '$.references') AS reference WHERE true
    ON CONFLICT DO NOTHING";

pub(in crate::storage) const INSERT_CHANGES: &str = "
    INSERT INTO changes (seq, at, actor, kind, payload)
    SELECT value ->> 'seq', value ->> 'at', value ->> 'actor', value ->> 'kind', value ->> 'payload'
    FROM json_each($1)";
