//! `dovetail.toml`: which subjects a project owns, which it uses, and how types are generated from them.
//!
//! The command line and the build script read the same file. Reading it needs no network, and every complaint names the
//! line. To add a key, add it here with its doc comment; unknown keys are errors, so a typo is never silently ignored.

use std::{
    fmt, fs, io,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    str::FromStr,
};

use dovetail_model::{CompatibilityLevel, QualifiedSubject, SchemaType, Version};
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use crate::Options;

/// The name of the manifest.
pub const MANIFEST: &str = "dovetail.toml";

/// The largest manifest that is read.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// A manifest that was read and makes sense.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The file it was read from.
    pub path: PathBuf,
    /// Where the registry listens; the environment may say otherwise.
    pub registry: Option<String>,
    /// The subjects, in the order of the file.
    pub subjects: Vec<SubjectEntry>,
    /// How types are generated.
    pub codegen: CodegenTable,
}

/// One `[[subject]]`.
#[derive(Debug, Clone)]
pub struct SubjectEntry {
    /// The subject, qualified where it is in a context.
    pub name: QualifiedSubject,
    /// The line of the manifest it begins at, from 1.
    pub line: usize,
    /// Whether the project owns the subject or uses it.
    pub source: Source,
    /// Older versions whose data must still be readable.
    pub also: Vec<Version>,
    /// Whether types are generated from it.
    pub generate: bool,
}

/// Where the text of a subject comes from.
#[derive(Debug, Clone)]
pub enum Source {
    /// From a file of the project, which is checked and registered.
    Owned {
        /// The file, relative to the manifest.
        file: PathBuf,
        /// Its format.
        schema_type: SchemaType,
        /// The level its changes are checked at, where the manifest decides.
        compatibility: Option<CompatibilityLevel>,
    },
    /// From the registry, pinned by the lock.
    Used(VersionRequest),
}

/// Which version of a used subject is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VersionRequest {
    /// The newest at the time of pulling.
    Latest,
    /// The newest of a range at the time of pulling; a single number is a range of one.
    Range {
        /// The range as it was written.
        text: String,
        /// The versions it allows.
        versions: RangeInclusive<u32>,
    },
}

/// The `[codegen]` table: how types are generated.
#[derive(Debug, Clone, Default)]
pub struct CodegenTable {
    /// Where the generated files go, relative to the manifest; by default cargo's `OUT_DIR`.
    pub out: Option<PathBuf>,
    /// Everything else shapes the types.
    pub options: Options,
}

/// Why a manifest cannot be used. The text names the file and, where there is one, the line.
#[derive(Debug, thiserror::Error)]
#[error("{}: {message}", path.display())]
pub struct ManifestError {
    /// The manifest.
    pub path: PathBuf,
    /// The line, from 1, where one is at fault.
    pub line: Option<usize>,
    message: String,
    #[source]
    source: Option<io::Error>,
}

/// A version request that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("version {0:?} is neither a number, \"latest\", nor a range such as \">=2, <5\"")]
pub struct InvalidRequest(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawManifest {
    registry: Option<String>,
    #[serde(default, rename = "subject")]
    subjects: Vec<Spanned<RawSubject>>,
    codegen: Option<Spanned<toml::Table>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSubject {
    name: String,
    file: Option<PathBuf>,
    #[serde(rename = "type")]
    schema_type: Option<SchemaType>,
    compatibility: Option<CompatibilityLevel>,
    version: Option<VersionRequest>,
    #[serde(default)]
    also: Vec<i64>,
    generate: Option<bool>,
}

impl Manifest {
    /// Reads a manifest from its file.
    pub fn read(path: &Path) -> Result<Self, ManifestError> {
        let failed = |error| ManifestError::reading(path, error);
        let length = fs::metadata(path).map_err(failed)?.len();
        if length > MAX_BYTES {
            let message = format!("it has {length} bytes, more than the {MAX_BYTES} that are read");
            return Err(ManifestError::new(path, None, message));
        }
        Self::parse(path, &fs::read_to_string(path).map_err(failed)?)
    }

    /// Reads a manifest from its text; `path` is for messages and for finding what it names.
    ///
    /// ```
    /// use dovetail_codegen::manifest::{Manifest, Source};
    /// let manifest = Manifest::parse(
    ///     "dovetail.toml".as_ref(),
    ///     "[[subject]]\nname = \"payments-value\"\nversion = 4\nalso = [3]\n",
    /// )
    /// .unwrap();
    /// assert!(matches!(manifest.subjects[0].source, Source::Used(_)));
    /// ```
    pub fn parse(path: &Path, text: &str) -> Result<Self, ManifestError> {
        let raw: RawManifest = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| line_of(text, span.start));
            ManifestError::new(path, line, error.to_string().trim_end().to_owned())
        })?;
        let mut subjects: Vec<SubjectEntry> = Vec::with_capacity(raw.subjects.len());
        for entry in raw.subjects {
            let line = line_of(text, entry.span().start);
            let entry = entry
                .into_inner()
                .check(line)
                .map_err(|message| ManifestError::at(path, line, &message))?;
            if let Some(earlier) = subjects.iter().find(|earlier| earlier.name == entry.name) {
                let message = format!(
                    "subject \"{}\" is listed already at line {}; list it once, and older versions under `also`",
                    entry.name, earlier.line
                );
                return Err(ManifestError::at(path, line, &message));
            }
            subjects.push(entry);
        }
        let codegen = match raw.codegen {
            None => CodegenTable::default(),
            Some(table) => {
                let line = line_of(text, table.span().start);
                CodegenTable::read(table.into_inner())
                    .map_err(|message| ManifestError::at(path, line, &message))?
            }
        };
        Ok(Self {
            path: path.to_owned(),
            registry: raw.registry,
            subjects,
            codegen,
        })
    }

    /// The folder that everything the manifest names is relative to.
    pub fn root(&self) -> &Path {
        match self.path.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        }
    }

    /// The subjects whose text comes from the registry.
    pub fn used(&self) -> impl Iterator<Item = (&SubjectEntry, &VersionRequest)> {
        self.subjects
            .iter()
            .filter_map(|entry| match &entry.source {
                Source::Used(request) => Some((entry, request)),
                Source::Owned { .. } => None,
            })
    }
}

impl CodegenTable {
    fn read(mut table: toml::Table) -> Result<Self, String> {
        let out = match table.remove("out") {
            None => None,
            Some(toml::Value::String(out)) => Some(PathBuf::from(out)),
            Some(other) => return Err(format!("`out` is {other}, which is no path")),
        };
        let options = table
            .try_into()
            .map_err(|error: toml::de::Error| format!("[codegen]: {}", error.message()))?;
        Ok(Self { out, options })
    }
}

impl RawSubject {
    fn check(self, line: usize) -> Result<SubjectEntry, String> {
        let name = QualifiedSubject::parse(&self.name).map_err(|error| error.to_string())?;
        let source = match (self.file, self.version) {
            (Some(_), Some(_)) => {
                return Err(format!(
                    "subject \"{name}\" has both `file` and `version`: a subject is owned here (`file`) or used from \
                     the registry (`version`)"
                ));
            }
            (Some(file), None) => Source::Owned {
                schema_type: match self.schema_type {
                    Some(schema_type) => schema_type,
                    None => schema_type_of(&file).ok_or_else(|| {
                        format!(
                            "the format of {} cannot be told from its name; name it .avsc, .proto or .json, or say \
                             `type = \"AVRO\"`",
                            file.display()
                        )
                    })?,
                },
                compatibility: self.compatibility,
                file,
            },
            (None, version) => {
                if self.compatibility.is_some() || self.schema_type.is_some() {
                    return Err(format!(
                        "subject \"{name}\" has `compatibility` or `type` but no `file`: its owner decides these"
                    ));
                }
                Source::Used(version.unwrap_or(VersionRequest::Latest))
            }
        };
        let mut also: Vec<Version> = Vec::with_capacity(self.also.len());
        for number in self.also {
            let version = Version::new(number).ok_or_else(|| {
                format!("subject \"{name}\" lists {number} under `also`, which is no version")
            })?;
            if also.contains(&version) {
                return Err(format!(
                    "subject \"{name}\" lists version {version} twice under `also`"
                ));
            }
            also.push(version);
        }
        Ok(SubjectEntry {
            name,
            line,
            source,
            also,
            generate: self.generate.unwrap_or(true),
        })
    }
}

/// The format that a file's name says it has.
pub fn schema_type_of(file: &Path) -> Option<SchemaType> {
    match file.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "avsc" => Some(SchemaType::Avro),
        "proto" => Some(SchemaType::Protobuf),
        "json" => Some(SchemaType::Json),
        _ => None,
    }
}

impl VersionRequest {
    /// Whether a version is what is asked for.
    pub fn allows(&self, version: Version) -> bool {
        match self {
            Self::Latest => true,
            Self::Range { versions, .. } => versions.contains(&version.get()),
        }
    }
}

impl fmt::Display for VersionRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Range { text, .. } => f.write_str(text),
        }
    }
}

impl From<Version> for VersionRequest {
    fn from(version: Version) -> Self {
        Self::Range {
            text: version.to_string(),
            versions: version.get()..=version.get(),
        }
    }
}

impl FromStr for VersionRequest {
    type Err = InvalidRequest;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim() == "latest" {
            return Ok(Self::Latest);
        }
        let invalid = || InvalidRequest(text.chars().take(64).collect());
        let (mut first, mut last) = (1, Version::new(i64::from(i32::MAX)).map_or(1, Version::get));
        for part in text.split(',') {
            let (operator, number) = split_comparator(part.trim()).ok_or_else(invalid)?;
            match operator {
                ">=" => first = first.max(number),
                ">" => first = first.max(number.saturating_add(1)),
                "<=" => last = last.min(number),
                "<" => last = last.min(number - 1),
                _ => (first, last) = (first.max(number), last.min(number)),
            }
        }
        if first > last {
            return Err(invalid());
        }
        Ok(Self::Range {
            text: text.trim().to_owned(),
            versions: first..=last,
        })
    }
}

/// Splits `>=3` into its operator and its number; a bare number has none.
fn split_comparator(part: &str) -> Option<(&str, u32)> {
    let digits = part.find(|character: char| character.is_ascii_digit())?;
    let (operator, number) = part.split_at(digits);
    let operator = operator.trim_end();
    let number = Version::new(number.parse().ok()?)?.get();
    ["", "=", ">", ">=", "<", "<="]
        .contains(&operator)
        .then_some((operator, number))
}

impl<'de> Deserialize<'de> for VersionRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = VersionRequest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a version number, \"latest\", or a range such as \">=2, <5\"")
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                Version::new(number)
                    .map(VersionRequest::from)
                    .ok_or_else(|| E::custom(InvalidRequest(number.to_string())))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl ManifestError {
    fn new(path: &Path, line: Option<usize>, message: String) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message,
            source: None,
        }
    }

    fn at(path: &Path, line: usize, message: &str) -> Self {
        Self::new(path, Some(line), format!("line {line}: {message}"))
    }

    fn reading(path: &Path, error: io::Error) -> Self {
        let message = match error.kind() {
            io::ErrorKind::NotFound => {
                format!("there is no {MANIFEST} here; `dovetail init` writes one")
            }
            _ => format!("it cannot be read: {error}"),
        };
        Self {
            source: Some(error),
            ..Self::new(path, None, message)
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    1 + text[..text.floor_char_boundary(at)].matches('\n').count()
}
