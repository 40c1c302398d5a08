//! The statements that read the same in both dialects. Placeholders are `$1`, which SQLite takes too.

pub(super) const HEAD: &str = "SELECT seq FROM head";

pub(super) const MOVE_HEAD: &str = "UPDATE head SET seq = $1";

pub(super) const CHANGES_AFTER: &str = "
    SELECT seq, at, actor, payload
    FROM changes
    WHERE seq > $1
    ORDER BY seq
    LIMIT $2";

pub(super) const CONTENT: &str = "
    SELECT text, metadata, rule_set
    FROM contents
    WHERE context = $1 AND id = $2";

pub(super) const CONTEXTS: &str = "SELECT context FROM contexts ORDER BY context";

pub(super) const SCHEMAS: &str = "
    SELECT context, id, guid, text_guid, schema_type, has_extras
    FROM schemas
    ORDER BY context, id";

pub(super) const REFERENCES: &str = "
    SELECT context, id, name, subject, version
    FROM schema_references
    ORDER BY context, id, position";

pub(super) const SUBJECTS: &str = "
    SELECT context, subject, last_version
    FROM subjects
    ORDER BY context, subject";

pub(super) const VERSIONS: &str = "
    SELECT context, subject, version, schema_id, deleted, registered_at
    FROM versions
    ORDER BY context, subject, version";

pub(super) const CONFIGS: &str = "SELECT context, subject, config FROM configs";

pub(super) const MODES: &str = "SELECT context, subject, mode FROM modes";

pub(super) const ASSOCIATIONS: &str = "
    SELECT
        resource_id, resource_type, association_type, context, subject, guid, resource_name,
        resource_namespace, lifecycle, frozen, created_at, updated_at
    FROM associations";

pub(super) const SET_ASSOCIATION: &str = "
    INSERT INTO associations (
        resource_id, resource_type, association_type, context, subject, guid, resource_name,
        resource_namespace, lifecycle, frozen, created_at, updated_at
    )
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (resource_id, resource_type, association_type)
    DO UPDATE SET
        context = excluded.context,
        subject = excluded.subject,
        guid = excluded.guid,
        resource_name = excluded.resource_name,
        resource_namespace = excluded.resource_namespace,
        lifecycle = excluded.lifecycle,
        frozen = excluded.frozen,
        created_at = excluded.created_at,
        updated_at = excluded.updated_at";

pub(super) const DELETE_ASSOCIATION: &str = "
    DELETE FROM associations
    WHERE resource_id = $1 AND resource_type = $2 AND association_type = $3";

pub(super) const INSERT_CONTEXT: &str =
    "INSERT INTO contexts (context) VALUES ($1) ON CONFLICT DO NOTHING";

pub(super) const RESERVE_ID: &str = "
    INSERT INTO schemas (context, id, guid, text_guid, schema_type, has_extras)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT DO NOTHING";

pub(super) const COUNT_SUBJECT: &str = "
    UPDATE subjects
    SET last_version = $3
    WHERE context = $1 AND subject = $2 AND last_version < $3";

/// What goes with a context in which there is no version; its rows in `schemas` stay.
pub(super) const DELETE_CONTEXT: [&str; 3] = [
    "DELETE FROM configs WHERE context = $1",
    "DELETE FROM modes WHERE context = $1",
    "DELETE FROM contexts WHERE context = $1",
];

pub(super) const SOFT_DELETE_VERSION: &str = "
    UPDATE versions
    SET deleted = 1
    WHERE context = $1 AND subject = $2 AND version = $3";

pub(super) const DELETE_VERSION: &str = "
    DELETE FROM versions
    WHERE context = $1 AND subject = $2 AND version = $3";

/// What goes when no version carries a schema any more; its row in `schemas` stays.
pub(super) const FORGET_SCHEMA: [&str; 2] = [
    "DELETE FROM contents WHERE context = $1 AND id = $2",
    "DELETE FROM schema_references WHERE context = $1 AND id = $2",
];

/// What goes with the last version of a subject.
pub(super) const FORGET_EMPTY_SUBJECT: [&str; 3] = [
    "
    DELETE FROM configs
    WHERE context = $1 AND subject = $2
        AND NOT EXISTS (
            SELECT 1 FROM versions WHERE versions.context = $1 AND versions.subject = $2
        )",
    "
    DELETE FROM modes
    WHERE context = $1 AND subject = $2
        AND NOT EXISTS (
            SELECT 1 FROM versions WHERE versions.context = $1 AND versions.subject = $2
        )",
    "
    DELETE FROM subjects
    WHERE context = $1 AND subject = $2
        AND NOT EXISTS (
            SELECT 1 FROM versions WHERE versions.context = $1 AND versions.subject = $2
        )",
];

pub(super) const SET_CONFIG: &str = "
    INSERT INTO configs (context, subject, config)
    VALUES ($1, $2, $3)
    ON CONFLICT (context, subject) DO UPDATE SET config = excluded.config";

pub(super) const UNSET_CONFIG: &str = "DELETE FROM configs WHERE context = $1 AND subject = $2";

pub(super) const SET_MODE: &str = "
    INSERT INTO modes (context, subject, mode)
    VALUES ($1, $2, $3)
    ON CONFLICT (context, subject) DO UPDATE SET mode = excluded.mode";

pub(super) const UNSET_MODE: &str = "DELETE FROM modes WHERE context = $1 AND subject = $2";
