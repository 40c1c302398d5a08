//! What schemas may import without a reference: what protox brings, and the files the protocol promises.

use std::collections::HashMap;

use dovetail_protobuf::{TooManyPassedOn, bundled};
use protox::{
    Error,
    file::{File, FileResolver, GoogleFileResolver},
};

use super::messages;
use crate::{ResolvedSchema, codec::CodecError};

/// The path of the schema itself, which no import has.
pub(super) const ROOT: &str = "schema:root.proto";

/// Opens the schema, what it refers to, and what is there without a reference.
pub(super) struct Imports {
    /// What can be read of the texts.
    files: HashMap<String, File>,
    texts: Vec<(String, String)>,
    google: GoogleFileResolver,
}

impl Imports {
    pub(super) fn of(schema: &ResolvedSchema) -> Result<Self, CodecError> {
        let root = (ROOT.to_owned(), schema.schema.text.clone());
        let referenced = schema.references.iter();
        let referenced = referenced.map(|named| (named.name.clone(), named.schema.text.clone()));
        let texts: Vec<(String, String)> = std::iter::once(root).chain(referenced).collect();
        let mut files = HashMap::new();
        for (name, text) in &texts {
            if let Ok(file) = messages::parse(name, text) {
                files.entry(name.clone()).or_insert(file);
            }
        }
        dovetail_protobuf::pass_on(&mut files).map_err(|TooManyPassedOn { file }| {
            format!("public imports pass on too many files, at {file}")
        })?;
        Ok(Self {
            files,
            texts,
            google: GoogleFileResolver::new(),
        })
    }

    fn text(&self, path: &str) -> Option<&str> {
        let referenced = self.texts.iter().find(|(name, _)| name == path);
        referenced
            .map(|(_, text)| text.as_str())
            .or_else(|| bundled(path))
    }
}

impl FileResolver for Imports {
    fn open_file(&self, path: &str) -> Result<File, Error> {
        // Uploaded copies of these are often newer than what the parser reads.
        if let Ok(file) = self.google.open_file(path) {
            return Ok(file);
        }
        if let Some(file) = self.files.get(path) {
            return Ok(file.clone());
        }
        match self.text(path) {
            Some(text) => messages::parse(path, text).map_err(Error::new),
            None => Err(Error::file_not_found(path)),
        }
    }
}
