//! The identity of a schema: the hash that Confluent's registry computes, so that GUIDs agree with theirs.

use std::{collections::BTreeSet, fmt, str::FromStr};

use dovetail_model::{Metadata, Reference, Rule, RuleSet};
use md5::{Digest, Md5};

/// The identity of a schema everywhere: 16 bytes, printed as a UUID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Guid([u8; 16]);

/// The hash over the canonical text, the references, the metadata and the rules. The format is not part of it.
///
/// References count with their concrete version, in the order given. Maps and sets count in their sorted order.
pub fn identity(
    canonical: &str,
    references: &[Reference],
    metadata: Option<&Metadata>,
    rule_set: Option<&RuleSet>,
) -> Guid {
    let mut hash = Hash(Md5::new());
    hash.text(canonical);
    for reference in references {
        hash.text(&reference.name);
        hash.text(&reference.subject);
        hash.0.update(reference.version.to_be_bytes());
    }
    if let Some(metadata) = metadata {
        hash.mark();
        hash.metadata(metadata);
    }
    if let Some(rule_set) = rule_set {
        hash.mark();
        let groups = [
            &rule_set.migration_rules,
            &rule_set.domain_rules,
            &rule_set.encoding_rules,
        ];
        for rule in groups.into_iter().flatten() {
            hash.rule(rule);
        }
        hash.optional(rule_set.enable_at.as_ref());
    }
    Guid(hash.0.finalize().into())
}

struct Hash(Md5);

impl Hash {
    fn text(&mut self, text: &str) {
        self.0.update(text.as_bytes());
    }

    fn texts(&mut self, texts: &BTreeSet<String>) {
        for text in texts {
            self.text(text);
        }
    }

    fn optional(&mut self, text: Option<&String>) {
        if let Some(text) = text {
            self.text(text);
        }
    }

    fn mark(&mut self) {
        self.0.update([1]);
    }

    fn metadata(&mut self, metadata: &Metadata) {
        for (path, tags) in &metadata.tags {
            self.text(path);
            self.texts(tags);
        }
        for (key, value) in &metadata.properties {
            self.text(key);
            self.text(value);
        }
        self.texts(&metadata.sensitive);
    }

    fn rule(&mut self, rule: &Rule) {
        self.optional(rule.name.as_ref());
        self.optional(rule.doc.as_ref());
        self.text(&rule.kind);
        self.text(&rule.mode);
        self.optional(rule.executor.as_ref());
        self.texts(&rule.tags);
        for (key, value) in &rule.params {
            self.text(key);
            self.text(value);
        }
        for text in [&rule.expr, &rule.on_success, &rule.on_failure] {
            self.optional(text.as_ref());
        }
        if rule.disabled {
            self.mark();
        }
    }
}

impl Guid {
    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Takes 16 bytes, such as the database gives back.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        // Every answer names a GUID, and formatting it byte by byte took a tenth of the server's work for one.
        let mut text = [b'-'; 36];
        let mut place = 0;
        for (position, byte) in self.0.iter().enumerate() {
            if matches!(position, 4 | 6 | 8 | 10) {
                place += 1;
            }
            text[place] = DIGITS[usize::from(byte >> 4)];
            text[place + 1] = DIGITS[usize::from(byte & 15)];
            place += 2;
        }
        f.write_str(str::from_utf8(&text).expect("digits and hyphens are ASCII"))
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is no GUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a GUID is 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12")]
pub struct InvalidGuid;

impl FromStr for Guid {
    type Err = InvalidGuid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let groups: Vec<&str> = text.split('-').collect();
        let shape_fits = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]);
        let digits = groups.concat();
        if !shape_fits || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidGuid);
        }
        u128::from_str_radix(&digits, 16)
            .map(|number| Self(number.to_be_bytes()))
            .map_err(|_| InvalidGuid)
    }
}
