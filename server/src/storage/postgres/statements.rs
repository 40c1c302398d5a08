//! Bulk inserts as PostgreSQL spells them: one JSON array in `$1`, read by `json_to_recordset`.

pub(in crate::storage) use crate::storage::statements::*;

/// Read at the start of a write transaction; the row lock makes it the only one.
pub(in crate::storage) const LOCK_HEAD: &str = "SELECT seq FROM head FOR UPDATE";

/// In milliseconds since 1970, whatever the clocks of the nodes say.
pub(in crate::storage) const NOW: &str =
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

pub(in crate::storage) const CONTENTS: &str = "
    SELECT id, text, metadata, rule_set
    FROM contents
    WHERE context = $1 AND id IN (SELECT CAST(json_array_elements_text($2::json) AS BIGINT))";

pub(in crate::storage) const INSERT_REGISTERED: [&str; 5] = [
    "
    INSERT INTO contexts (context)
    SELECT DISTINCT context FROM json_to_recordset($1::json) AS r (context TEXT)
    ON CONFLICT DO NOTHING",
    "
    INSERT INTO schemas (context, id, guid, text_guid, schema_type, has_extras)
    SELECT context, id, guid, text_guid, schema_type, has_extras
    FROM json_to_recordset($1::json) AS r (
        context TEXT, id BIGINT, guid TEXT, text_guid TEXT, schema_type TEXT, has_extras BIGINT
    )
    ON CONFLICT DO NOTHING",
    "
    INSERT INTO contents (context, id, text, metadata, rule_set)
    SELECT context, id, text, metadata, rule_set
    FROM json_to_recordset($1::json) AS r (context TEXT, id BIGINT, text TEXT, metadata TEXT, rule_set TEXT)
    WHERE text IS NOT NULL
    ON CONFLICT DO NOTHING",
    "
    INSERT INTO subjects (context, subject, last_version)
    SELECT context, subject, MAX(version)
    FROM json_to_recordset($1::json) AS r (context TEXT, subject TEXT, version BIGINT)
    GROUP BY context, subject
    ON CONFLICT (context, subject)
    DO UPDATE SET last_version = GREATEST(subjects.last_version, excluded.last_version)",
    "
    INSERT INTO versions (context, subject, version, schema_id, deleted, registered_at)
    SELECT context, subject, version, id, deleted, at
    FROM json_to_recordset($1::json) AS r (
        context TEXT, subject TEXT, version BIGINT, id BIGINT, deleted BIGINT, at BIGINT
    )",
];

pub(in crate::storage) const INSERT_REFERENCES: &str = r#"
    INSERT INTO schema_references (context, id, position, name, subject, version)
    SELECT registered.context, registered.id, reference.position, reference.name, reference.subject, reference.version
    FROM json_to_recordset($1::json) AS registered (context TEXT, id BIGINT, "references" JSON),
        json_to_recordset(registered."references") AS reference (
            position BIGINT, name TEXT, subject TEXT, version BIGINT
        )
    ON CONFLICT DO NOTHING"#;

pub(in crate::storage) const INSERT_CHANGES: &str = "
    INSERT INTO changes (seq, at, actor, kind, payload)
    SELECT seq, at, actor, kind, payload
    FROM json_to_recordset($1::json) AS r (seq BIGINT, at BIGINT, actor TEXT, kind TEXT, payload TEXT)";
