//! The migrations, compiled in. Both lists hold the same stems; `migrations/README.md` says how to add one.

use std::borrow::Cow;

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
};

/// A migration's number, what it does, and its text in one dialect.
type Source = (i64, &'static str, &'static str);

const SQLITE: &[Source] = &[
    (
        1,
        "registry",
        include_str!("../../../migrations/sqlite/0001_registry.sql"),
    ),
    (
        2,
        "webhooks",
        include_str!("../../../migrations/sqlite/0002_webhooks.sql"),
    ),
    (
        3,
        "associations",
        include_str!("../../../migrations/sqlite/0003_associations.sql"),
    ),
];

const POSTGRES: &[Source] = &[
    (
        1,
        "registry",
        include_str!("../../../migrations/postgres/0001_registry.sql"),
    ),
    (
        2,
        "webhooks",
        include_str!("../../../migrations/postgres/0002_webhooks.sql"),
    ),
    (
        3,
        "associations",
        include_str!("../../../migrations/postgres/0003_associations.sql"),
    ),
];

pub(super) fn sqlite() -> Migrator {
    migrator(SQLITE)
}

/// Takes an advisory lock of the database first, so nodes that start together wait for each other.
pub(super) fn postgres() -> Migrator {
    migrator(POSTGRES)
}

fn migrator(sources: &[Source]) -> Migrator {
    let migration = |(version, description, sql): &Source| {
        Migration::new(
            *version,
            Cow::Borrowed(*description),
            MigrationType::Simple,
            (*sql).into_sql_str(),
            false,
        )
    };
    Migrator {
        migrations: Cow::Owned(sources.iter().map(migration).collect()),
        ..Migrator::DEFAULT
    }
}
