//! Why a build has no types: everything between the manifest and the written files.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use dovetail_model::QualifiedSubject;

use crate::{
    Error, agree::Disagreement, lock::LockError, manifest::ManifestError, vendor::VendorError,
};

/// Why there are no types. It shows itself in the words meant for people even where `{:?}` is used, because that is what
/// a build script's `expect` prints.
pub struct BuildError(Kind);

enum Kind {
    Manifest(ManifestError),
    Lock(LockError),
    Vendor(VendorError),
    Disagreeing(String),
    Schemas(Error),
    Io {
        path: PathBuf,
        what: String,
        error: io::Error,
    },
    Usage(String),
}

impl BuildError {
    /// Whether the project's own files are at fault: manifest, lock, vendored texts.
    pub fn is_project(&self) -> bool {
        matches!(
            self.0,
            Kind::Manifest(_) | Kind::Lock(_) | Kind::Vendor(_) | Kind::Disagreeing(_)
        )
    }

    /// Whether manifest, lock and vendored texts disagree, which `dovetail pull` mends.
    pub fn is_drift(&self) -> bool {
        matches!(
            self.0,
            Kind::Lock(_) | Kind::Vendor(_) | Kind::Disagreeing(_)
        )
    }

    /// Whether the schemas are at fault.
    pub fn is_schema(&self) -> bool {
        matches!(self.0, Kind::Schemas(_))
    }

    pub(crate) fn disagreeing(found: &[Disagreement]) -> Self {
        let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
        Self(Kind::Disagreeing(lines.join("\n")))
    }

    pub(crate) fn inconsistent(subject: &QualifiedSubject) -> Self {
        Self(Kind::Disagreeing(format!(
            "dovetail.lock does not hold what subject \"{subject}\" needs; run `dovetail pull`"
        )))
    }

    pub(crate) fn reading(path: &Path, what: &str, error: io::Error) -> Self {
        Self::io(path, &format!("{what} cannot be read"), error)
    }

    pub(crate) fn io(path: &Path, what: &str, error: io::Error) -> Self {
        Self(Kind::Io {
            path: path.to_owned(),
            what: what.to_owned(),
            error,
        })
    }

    pub(crate) fn usage(message: String) -> Self {
        Self(Kind::Usage(message))
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Manifest(error) => error.fmt(f),
            Kind::Lock(error) => error.fmt(f),
            Kind::Vendor(error) => error.fmt(f),
            Kind::Schemas(error) => error.fmt(f),
            Kind::Io { path, what, error } => write!(f, "{}: {what}: {error}", path.display()),
            Kind::Disagreeing(message) | Kind::Usage(message) => f.write_str(message),
        }
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Io { error, .. } => Some(error),
            Kind::Manifest(error) => error.source(),
            Kind::Lock(error) => error.source(),
            Kind::Vendor(_) | Kind::Disagreeing(_) | Kind::Schemas(_) | Kind::Usage(_) => None,
        }
    }
}

impl From<ManifestError> for BuildError {
    fn from(error: ManifestError) -> Self {
        Self(Kind::Manifest(error))
    }
}

impl From<LockError> for BuildError {
    fn from(error: LockError) -> Self {
        Self(Kind::Lock(error))
    }
}

impl From<VendorError> for BuildError {
    fn from(error: VendorError) -> Self {
        Self(Kind::Vendor(error))
    }
}

impl From<Error> for BuildError {
    fn from(error: Error) -> Self {
        Self(Kind::Schemas(error))
    }
}
