//! Where protox finds files: what it brings itself, the texts of the units, and the files that need no reference.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use dovetail_protobuf::{TooManyPassedOn, bundled};
use protox::file::{File, FileResolver, GoogleFileResolver};

use super::compile::describe;

/// The deepest nesting of brackets that is read; deeper texts would overflow the parser's stack.
const MAX_NESTING: usize = 64;

/// Texts by the name they are imported under.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    pub(super) texts: BTreeMap<String, Arc<str>>,
}

/// The texts, read.
pub(super) struct Files(HashMap<String, File>);

impl Sources {
    /// Reads the texts. The error is the name of one, and what is wrong with it.
    pub(super) fn files(&self) -> Result<Files, (&str, String)> {
        let mut files = HashMap::new();
        for (name, text) in &self.texts {
            let file =
                File::from_source(name, text).map_err(|error| (name.as_str(), describe(&error)))?;
            files.insert(name.clone(), file);
        }
        dovetail_protobuf::pass_on(&mut files).map_err(|TooManyPassedOn { file }| {
            let found = self.texts.get_key_value(&file);
            let name = found.map_or("", |(name, _)| name.as_str());
            (name, "public imports pass on too many files".to_owned())
        })?;
        Ok(Files(files))
    }
}

impl FileResolver for Files {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        // What protox brings wins: registered copies of it are often newer than what it reads.
        if let Ok(file) = GoogleFileResolver::new().open_file(name) {
            return Ok(file);
        }
        match (self.0.get(name), bundled(name)) {
            (Some(file), _) => Ok(file.clone()),
            (None, Some(text)) => File::from_source(name, text),
            (None, None) => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// Refuses a text that would overflow the parser, or that it would call a syntax error for being newer than it is.
pub(super) fn refuse(text: &str) -> Result<(), String> {
    let tokens = crate::local::tokens(text);
    let mut depth = 0_usize;
    for token in &tokens {
        match token.as_str() {
            "{" | "[" | "<" => depth += 1,
            "}" | "]" | ">" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(format!("it nests brackets more than {MAX_NESTING} deep"));
        }
    }
    if tokens.first().is_some_and(|token| token == "edition") {
        return Err(
            "it is written in an edition; types can be generated from proto2 and proto3".to_owned(),
        );
    }
    Ok(())
}
