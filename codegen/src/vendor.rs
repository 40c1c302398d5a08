//! The vendored texts: where each lies, and whether it is still what the lock says.
//!
//! One file for each schema, `schemas/registry/<subject>/v<version>.<extension>`. A subject may hold any character but
//! control characters, so its folder is made of the safe ones, and of a hash of the name where that would not tell two
//! subjects apart on every file system.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    fs, io,
    path::Path,
};

use dovetail_model::{QualifiedSubject, SchemaType, Version};
use sha2::{Digest, Sha256};

use crate::lock::LockedSchema;

/// The folder of the vendored texts, relative to the manifest.
pub const FOLDER: &str = "schemas/registry";

/// The longest folder name that is kept as it is; file systems allow 255 bytes.
const MAX_NAME: usize = 120;

/// Names that some file systems keep for devices, whatever their extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// What is wrong with a vendored text. Shown, it is the file, what is wrong with it and what to do.
#[derive(Debug)]
pub enum VendorError {
    /// It is not there.
    Missing {
        /// The file, as the lock spells it.
        file: String,
    },
    /// It cannot be read.
    Unreadable {
        /// The file, as the lock spells it.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// It was changed.
    Changed {
        /// The file, as the lock spells it.
        file: String,
        /// The subject it stands for.
        subject: QualifiedSubject,
        /// The version it stands for.
        version: Version,
        /// The hash the lock has.
        expected: String,
        /// The hash of the file.
        found: String,
    },
    /// The lock names a file outside its folder.
    Outside {
        /// The file, as the lock spells it.
        file: String,
    },
}

impl VendorError {
    /// The file, as the lock spells it.
    pub fn file(&self) -> &str {
        match self {
            Self::Missing { file }
            | Self::Unreadable { file, .. }
            | Self::Changed { file, .. }
            | Self::Outside { file } => file,
        }
    }

    /// What is wrong and what to do, for where the file has been named already.
    pub fn fault(&self) -> String {
        match self {
            Self::Missing { .. } => {
                "it is missing; restore it from version control, or run `dovetail pull`".to_owned()
            }
            Self::Unreadable { error, .. } => format!("it cannot be read: {error}"),
            Self::Changed {
                subject,
                version,
                expected,
                found,
                ..
            } => format!(
                "it is not the text of {subject} version {version} that dovetail.lock pins: expected SHA-256 {expected}, \
                 found {found}; vendored files are never edited or reformatted: restore it from version control, or run \
                 `dovetail pull`"
            ),
            Self::Outside { .. } => {
                "it is not a path inside the project, so it is not read; run `dovetail pull`"
                    .to_owned()
            }
        }
    }
}

impl fmt::Display for VendorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file(), self.fault())
    }
}

impl std::error::Error for VendorError {}

/// The SHA-256 of a text, in lower-case hexadecimal.
pub fn sha256(text: &[u8]) -> String {
    hex(&Sha256::digest(text))
}

/// Gives each schema its file, relative to the manifest and with forward slashes. Files differ even where the file system
/// does not tell capitals apart.
pub fn files<'a>(
    schemas: impl Iterator<Item = (&'a QualifiedSubject, Version, SchemaType)> + Clone,
) -> Vec<String> {
    let mut spellings: BTreeMap<String, &QualifiedSubject> = BTreeMap::new();
    let mut shared: Vec<String> = Vec::new();
    for (subject, _, _) in schemas.clone() {
        let folded = folder(subject).to_lowercase();
        if *spellings.entry(folded.clone()).or_insert(subject) != subject {
            shared.push(folded);
        }
    }
    schemas
        .map(|(subject, version, schema_type)| {
            let mut folder = folder(subject);
            if shared.contains(&folder.to_lowercase()) {
                folder = with_hash(&folder, subject);
            }
            format!("{FOLDER}/{folder}/v{version}.{}", extension(schema_type))
        })
        .collect()
}

/// Reads a vendored text and compares it with its hash.
pub fn read(root: &Path, schema: &LockedSchema) -> Result<String, VendorError> {
    let file = || schema.file.clone();
    if !is_inside(&schema.file) {
        return Err(VendorError::Outside { file: file() });
    }
    let bytes = fs::read(root.join(&schema.file)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => VendorError::Missing { file: file() },
        _ => VendorError::Unreadable {
            file: file(),
            error,
        },
    })?;
    let found = sha256(&bytes);
    if found != schema.sha256 {
        return Err(VendorError::Changed {
            file: file(),
            subject: schema.subject.clone(),
            version: schema.version,
            expected: schema.sha256.clone(),
            found,
        });
    }
    String::from_utf8(bytes).map_err(|error| VendorError::Unreadable {
        file: file(),
        error: io::Error::new(io::ErrorKind::InvalidData, error),
    })
}

/// Whether a path of the lock stays below the folder of the lock.
fn is_inside(file: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    !file.contains(['\\', ':', '\0']) && file.split('/').all(plain)
}

fn folder(subject: &QualifiedSubject) -> String {
    let name = subject.to_string();
    let is_safe = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
    let safe: String = name
        .chars()
        .map(|character| if is_safe(character) { character } else { '_' })
        .collect();
    let device = |part: &str| {
        let part = part.to_ascii_lowercase();
        DEVICES.contains(&part.trim_end_matches(|character: char| character.is_ascii_digit()))
    };
    let plain = safe == name
        && safe.len() <= MAX_NAME
        && !safe.starts_with('.')
        && !safe.ends_with('.')
        && !safe.split('.').next().is_some_and(device);
    if plain {
        safe
    } else {
        with_hash(&safe, subject)
    }
}

fn with_hash(safe: &str, subject: &QualifiedSubject) -> String {
    let hash = &sha256(subject.to_string().as_bytes())[..12];
    let kept: String = safe.chars().take(MAX_NAME).collect();
    format!("{}-{hash}", kept.trim_matches('.'))
}

const fn extension(schema_type: SchemaType) -> &'static str {
    match schema_type {
        SchemaType::Avro => "avsc",
        SchemaType::Protobuf => "proto",
        SchemaType::Json => "json",
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
