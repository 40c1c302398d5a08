//! What can go wrong with a database, in four kinds.

use std::sync::Arc;

/// A failed operation on the database. Cheap to copy: everyone whose change was in a failed batch gets it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StorageError {
    /// The database is away, full, or too slow; trying again later may work.
    #[error("the database is unavailable: {0}")]
    Unavailable(Arc<str>),
    /// The database holds something that the registry never wrote.
    #[error("the database is inconsistent: {0}")]
    Inconsistent(Arc<str>),
    /// The tables are newer than this program.
    #[error("the database is newer than this program: {0}")]
    Newer(Arc<str>),
    /// The settings cannot work.
    #[error("{0}")]
    Misconfigured(Arc<str>),
}

impl StorageError {
    /// The database cannot be used now.
    pub fn unavailable(reason: impl Into<Arc<str>>) -> Self {
        Self::Unavailable(reason.into())
    }

    /// A row that cannot be; the text names table, column and row.
    pub fn inconsistent(what: impl Into<Arc<str>>) -> Self {
        Self::Inconsistent(what.into())
    }

    /// Settings that cannot work; the text names the fix.
    pub fn misconfigured(what: impl Into<Arc<str>>) -> Self {
        Self::Misconfigured(what.into())
    }

    /// Whether waiting may help.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::ColumnDecode { index, source } => {
                Self::inconsistent(format!("column {index}: {source}"))
            }
            sqlx::Error::Database(error) if is_final(&*error) => {
                Self::inconsistent(error.to_string())
            }
            other => Self::unavailable(other.to_string()),
        }
    }
}

/// Trying again does not help against a constraint, nor where PostgreSQL refuses a value (class 22) or a statement (42).
fn is_final(error: &dyn sqlx::error::DatabaseError) -> bool {
    use sqlx::error::ErrorKind as Kind;
    let constraint = matches!(
        error.kind(),
        Kind::UniqueViolation
            | Kind::ForeignKeyViolation
            | Kind::NotNullViolation
            | Kind::CheckViolation
    );
    let sqlstate = error.code().filter(|code| code.len() == 5);
    constraint || sqlstate.is_some_and(|code| code.starts_with("22") || code.starts_with("42"))
}

impl From<sqlx::migrate::MigrateError> for StorageError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError;
        match error {
            MigrateError::VersionMissing(version) => Self::Newer(
                format!("its migration {version} is unknown here; start a dovetail at least as new as the one that made it").into(),
            ),
            MigrateError::VersionMismatch(version) => {
                Self::inconsistent(format!("its migration {version} is not the one this program carries"))
            }
            other => Self::unavailable(other.to_string()),
        }
    }
}
