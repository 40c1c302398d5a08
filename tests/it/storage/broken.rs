//! A row that cannot be is an inconsistency that names its table. Nothing is skipped, and nothing is guessed.

use dovetail_server::storage::StorageError;

use super::{on_both_storages, schema, version_deleted};

/// What loading says after a statement was run past the traits.
macro_rules! broken {
    ($name:ident, $statement:literal, $names:literal) => {
        on_both_storages!($name, |tables| {
            tables
                .write(&[
                    schema("t", 1, 1).wanted(),
                    schema("a", 1, 2).referring_to(&[("t", 1)]).wanted(),
                    schema("a", 2, 3).wanted(),
                    version_deleted("a", 2, false, &[]),
                ])
                .await;
            tables.execute($statement).await;
            let error = tables.storage.load().await.unwrap_err();
            assert!(matches!(error, StorageError::Inconsistent(_)), "{error}");
            assert!(error.to_string().contains($names), "{error}");
            assert!(!error.is_transient());
        });
    };
}

broken!(
    version_zero,
    "UPDATE versions SET version = 0 WHERE version = 1",
    "versions.version"
);
broken!(
    version_without_schema,
    "UPDATE versions SET schema_id = 77 WHERE version = 2",
    "versions"
);
broken!(
    version_without_subject,
    "DELETE FROM subjects WHERE subject = 'a'",
    "versions"
);
broken!(
    schema_id_zero,
    "UPDATE schemas SET id = 0 WHERE id = 2",
    "schemas"
);
broken!(
    unreadable_guid,
    "UPDATE schemas SET guid = 'x' WHERE id = 2",
    "schemas.guid"
);
broken!(
    unreadable_text_guid,
    "UPDATE schemas SET text_guid = 'x' WHERE id = 2",
    "schemas.text_guid"
);
broken!(
    unknown_format,
    "UPDATE schemas SET schema_type = 'XML' WHERE id = 2",
    "schemas.schema_type"
);
broken!(
    reference_of_nobody,
    "UPDATE schema_references SET id = 77",
    "schema_references"
);
broken!(
    reference_to_no_number,
    "UPDATE schema_references SET version = 99999999999",
    "schema_references.version"
);
broken!(
    negative_last_version,
    "UPDATE subjects SET last_version = -1 WHERE subject = 'a'",
    "subjects.last_version"
);
broken!(
    unreadable_config,
    "INSERT INTO configs (context, subject, config) VALUES ('.', 'a', '{')",
    "configs"
);
broken!(
    unknown_mode,
    "INSERT INTO modes (context, subject, mode) VALUES ('.', 'a', 'SLEEPY')",
    "modes.mode"
);
broken!(negative_head, "UPDATE head SET seq = -1", "head.seq");

on_both_storages!(an_unreadable_change_is_named_by_its_number, |tables| {
    tables
        .write(&[schema("a", 1, 1).wanted(), schema("a", 2, 2).wanted()])
        .await;
    tables
        .execute("UPDATE changes SET payload = '{}' WHERE seq = 2")
        .await;
    let error = tables.storage.changes_after(0).await.unwrap_err();
    assert!(matches!(error, StorageError::Inconsistent(_)), "{error}");
    assert!(
        error.to_string().contains("changes.payload of 2"),
        "{error}"
    );
});
