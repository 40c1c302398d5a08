//! Local files that refer to each other, found by what they say: an Avro full name, an import path, a `$ref`.
//!
//! Files may be given in any order and may refer to files that are registered nowhere.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
};

use dovetail_model::SchemaType;
use serde_json::Value;

use crate::{NamedText, SchemaText};

/// A file with a schema, and what its text says about names.
#[derive(Debug, Clone)]
pub(crate) struct LocalFile {
    pub(crate) path: PathBuf,
    /// What its unit is called.
    pub(crate) name: String,
    pub(crate) schema_type: SchemaType,
    pub(crate) text: Arc<str>,
    /// The names it answers to: the Avro types it defines, or its `$id`.
    defined: BTreeSet<String>,
    /// What it refers to outside itself, in its own words.
    wanted: Vec<String>,
}

impl LocalFile {
    /// Reads the names of a text. One that cannot be read has none: whoever makes types of it says what is wrong.
    pub(crate) fn new(path: PathBuf, name: String, schema_type: SchemaType, text: &str) -> Self {
        let (defined, wanted) = match schema_type {
            SchemaType::Avro => avro_names(text),
            SchemaType::Protobuf => (BTreeSet::new(), imports(text)),
            SchemaType::Json => json_names(text),
        };
        Self {
            path,
            name,
            schema_type,
            text: text.into(),
            defined,
            wanted,
        }
    }

    /// Whether this is what another file means by a reference, and how closely the names agree.
    fn answers(&self, referrer: &Self, wanted: &str) -> Option<usize> {
        if self.defined.contains(wanted) {
            return Some(usize::MAX);
        }
        if self.schema_type == SchemaType::Avro {
            return None;
        }
        let relative = referrer.path.parent().map(|folder| folder.join(wanted));
        if relative.is_some_and(|path| plain(&path) == plain(&self.path)) {
            return Some(usize::MAX - 1);
        }
        common_end(&self.path, wanted)
    }
}

/// Files with where their names lead.
pub(crate) struct Local {
    pub(crate) files: Vec<LocalFile>,
    /// The files of each unit's name, of each name that is defined, and of each last part of a path.
    by_name: HashMap<String, usize>,
    by_defined: HashMap<(SchemaType, String), Vec<usize>>,
    by_last: HashMap<(SchemaType, String), Vec<usize>>,
}

impl Local {
    pub(crate) fn new(files: Vec<LocalFile>) -> Self {
        let mut local = Self {
            files: Vec::new(),
            by_name: HashMap::new(),
            by_defined: HashMap::new(),
            by_last: HashMap::new(),
        };
        for (at, file) in files.iter().enumerate() {
            local.by_name.entry(file.name.clone()).or_insert(at);
            for name in &file.defined {
                let key = (file.schema_type, name.clone());
                local.by_defined.entry(key).or_default().push(at);
            }
            if let Some(last) = plain(&file.path).pop() {
                let key = (file.schema_type, last);
                local.by_last.entry(key).or_default().push(at);
            }
        }
        local.files = files;
        local
    }

    /// The file of a unit.
    pub(crate) fn named(&self, name: &str) -> Option<&LocalFile> {
        self.by_name.get(name).map(|at| &self.files[*at])
    }

    /// The text of a file with everything it refers to among the others, directly and indirectly.
    pub(crate) fn text(&self, file: &LocalFile) -> SchemaText {
        let mut search = Search {
            root: file,
            among: self,
            seen: BTreeSet::new(),
            found: Vec::new(),
        };
        search.add_references_of(file);
        SchemaText {
            text: file.text.clone(),
            references: search.found,
            registered: None,
        }
    }

    /// The files that may answer to a reference, in their order.
    fn candidates(&self, schema_type: SchemaType, wanted: &str) -> BTreeSet<usize> {
        let defined = self.by_defined.get(&(schema_type, wanted.to_owned()));
        let last = plain(Path::new(wanted)).pop();
        let last = last.and_then(|last| self.by_last.get(&(schema_type, last)));
        defined.into_iter().chain(last).flatten().copied().collect()
    }
}

struct Search<'a> {
    root: &'a LocalFile,
    among: &'a Local,
    seen: BTreeSet<String>,
    found: Vec<NamedText>,
}

impl Search<'_> {
    /// Adds what a file refers to, each after what it refers to itself. A circle is entered once.
    fn add_references_of(&mut self, file: &LocalFile) {
        let is_avro = file.schema_type == SchemaType::Avro;
        for wanted in &file.wanted {
            let candidates = self.among.candidates(file.schema_type, wanted);
            let target = candidates
                .into_iter()
                .map(|at| &self.among.files[at])
                .filter(|other| other.text != file.text)
                .filter_map(|other| Some((other.answers(file, wanted)?, other)))
                .max_by_key(|(closeness, _)| *closeness);
            let Some((_, target)) = target else { continue };
            if is_avro && target.text == self.root.text {
                continue;
            }
            // Avro has no names for texts, so each is told by the first name it was found under.
            let name = if is_avro { &target.name } else { wanted };
            if self.seen.insert(name.clone()) {
                self.add_references_of(target);
                self.found.push(NamedText {
                    name: name.clone(),
                    text: target.text.clone(),
                });
            }
        }
    }
}

/// How many parts of a path agree with the whole of a wanted one, or with all of the path where that is shorter.
fn common_end(path: &Path, wanted: &str) -> Option<usize> {
    let (path, wanted) = (plain(path), plain(Path::new(wanted)));
    let common = path
        .iter()
        .rev()
        .zip(wanted.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    (common > 0 && (common == wanted.len() || common == path.len())).then_some(common)
}

/// The parts of a path, without `.` and with `..` taken literally.
fn plain(path: &Path) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in path.to_string_lossy().split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part.to_owned()),
        }
    }
    parts
}

/// The import paths of a `.proto` text. Comments and strings are skipped, so that neither is mistaken for a statement.
fn imports(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let starts = at == 0 || matches!(tokens[at - 1].as_str(), ";" | "}");
        if starts && token == "import" {
            let path = tokens[at + 1..]
                .iter()
                .take(2)
                .find_map(|token| token.strip_prefix('"'));
            found.extend(path.map(str::to_owned));
        }
    }
    found
}

/// Words, marks, and strings with a leading quote.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.find('\n').map_or("", |end| &comment[end..]);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
        } else if first == '"' || first == '\'' {
            let (inside, after) = string(&rest[1..], first);
            tokens.push(format!("\"{inside}"));
            rest = after;
        } else if first.is_alphanumeric() || first == '_' {
            let is_word = |character: char| character.is_alphanumeric() || "_.".contains(character);
            let end = rest
                .find(|character| !is_word(character))
                .unwrap_or(rest.len());
            tokens.push(rest[..end].to_owned());
            rest = &rest[end..];
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            rest = &rest[first.len_utf8()..];
        }
    }
    tokens
}

/// Splits after the closing quote; what is escaped stays as it is.
fn string(text: &str, quote: char) -> (&str, &str) {
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return (&text[..at], &text[at + 1..]),
            _ => {}
        }
    }
    (text, "")
}

fn json_names(text: &str) -> (BTreeSet<String>, Vec<String>) {
    let Ok(schema) = serde_json::from_str::<Value>(text) else {
        return (BTreeSet::new(), Vec::new());
    };
    let id = schema.get("$id").or_else(|| schema.get("id"));
    let id = id
        .and_then(Value::as_str)
        .map(|id| id.trim_end_matches('#').to_owned());
    let mut wanted = BTreeSet::new();
    add_refs(&schema, &mut wanted);
    (id.into_iter().collect(), wanted.into_iter().collect())
}

/// Every `$ref` to another document, without its fragment.
fn add_refs(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("$ref", Value::String(target)) => {
                        let document = target.split('#').next().unwrap_or_default();
                        if !document.is_empty() {
                            found.insert(document.to_owned());
                        }
                    }
                    ("enum" | "const" | "default" | "examples", _) => {}
                    _ => add_refs(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| add_refs(item, found)),
        _ => {}
    }
}

fn avro_names(text: &str) -> (BTreeSet<String>, Vec<String>) {
    let mut names = AvroNames::default();
    if let Ok(schema) = serde_json::from_str(text) {
        names.walk(&schema, "");
    }
    let AvroNames { defined, mut used } = names;
    used.retain(|name| !defined.contains(name));
    (defined, used.into_iter().collect())
}

#[derive(Default)]
struct AvroNames {
    defined: BTreeSet<String>,
    used: BTreeSet<String>,
}

impl AvroNames {
    fn walk(&mut self, schema: &Value, namespace: &str) {
        match schema {
            Value::String(name) if !is_primitive(name) => {
                self.used.insert(full_name(name, namespace));
            }
            Value::Array(branches) => branches.iter().for_each(|one| self.walk(one, namespace)),
            Value::Object(map) => {
                let mut inner = namespace.to_owned();
                let kind = map.get("type").and_then(Value::as_str).unwrap_or_default();
                if let ("record" | "error" | "enum" | "fixed", Some(name)) =
                    (kind, map.get("name").and_then(Value::as_str))
                {
                    let own = map.get("namespace").and_then(Value::as_str);
                    let full = full_name(name, own.unwrap_or(namespace));
                    let space = full.rsplit_once('.').map_or("", |(space, _)| space);
                    space.clone_into(&mut inner);
                    self.defined.insert(full);
                }
                match kind {
                    "record" | "error" => {
                        let fields = map.get("fields").and_then(Value::as_array);
                        for field in fields.into_iter().flatten() {
                            if let Some(field) = field.get("type") {
                                self.walk(field, &inner);
                            }
                        }
                    }
                    "array" => map
                        .get("items")
                        .into_iter()
                        .for_each(|one| self.walk(one, &inner)),
                    "map" => map
                        .get("values")
                        .into_iter()
                        .for_each(|one| self.walk(one, &inner)),
                    "enum" | "fixed" => {}
                    _ => map
                        .get("type")
                        .into_iter()
                        .for_each(|one| self.walk(one, &inner)),
                }
            }
            _ => {}
        }
    }
}

fn full_name(name: &str, namespace: &str) -> String {
    if name.contains('.') || namespace.is_empty() {
        name.trim_start_matches('.').to_owned()
    } else {
        format!("{namespace}.{name}")
    }
}

fn is_primitive(name: &str) -> bool {
    let primitives = [
        "null", "boolean", "int", "long", "float", "double", "bytes", "string",
    ];
    primitives.contains(&name)
}
