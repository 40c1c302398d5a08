//! Which of many texts refers to which: by full names in Avro, import paths in Protobuf, and URIs in JSON Schema.
//!
//! [`mentions`] reads what one text defines and needs. [`Linked::of`] matches the needs of many with what the others
//! define or where they lie, puts every text behind the texts it needs, and hands out what [`parse`](crate::parse()) takes.
//! Paths are names here; nothing is read.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use dovetail_model::SchemaType;

use crate::{NamedText, SchemaError, avro, json_schema, protobuf};

/// What a text defines that others may refer to, and what it needs from others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Full names of Avro types, absolute URIs of JSON Schemas. Protobuf files are known by their paths alone.
    pub defines: Vec<String>,
    /// What it refers to and does not define.
    pub needs: Vec<Need>,
}

/// A name that another text has to define.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// As the text spells it, which is the name a reference to it must have.
    pub name: String,
    /// With the base around it taken into account; the same as the name but for JSON Schema.
    pub absolute: String,
}

/// A text with the path it lies at, with `/` between folders.
#[derive(Debug, Clone)]
pub struct Document {
    /// Where it lies; Protobuf and JSON Schema find each other by it.
    pub path: String,
    /// The format. Only texts of one format refer to each other.
    pub schema_type: SchemaType,
    /// The text.
    pub text: Arc<str>,
}

/// One text's use of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The name the referrer uses.
    pub name: String,
    /// The number of the text that is meant.
    pub to: usize,
}

/// Many texts with their links.
#[derive(Debug)]
pub struct Linked {
    documents: Vec<Document>,
    links: Vec<Result<Vec<Link>, SchemaError>>,
    missing: Vec<Vec<Need>>,
    order: Vec<usize>,
}

/// Texts that need each other, directly or not: their numbers, the first being needed by the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle(pub Vec<usize>);

/// Reads what a text defines and needs.
///
/// ```
/// use dovetail_compat::link::mentions;
/// use dovetail_model::SchemaType;
/// let text = r#"{"type": "array", "items": "shop.Money"}"#;
/// let found = mentions(SchemaType::Avro, text).unwrap();
/// assert_eq!(found.needs[0].name, "shop.Money");
/// ```
pub fn mentions(schema_type: SchemaType, text: &str) -> Result<Mentions, SchemaError> {
    match schema_type {
        SchemaType::Avro => avro::mentions(text),
        SchemaType::Protobuf => protobuf::mentions(text),
        SchemaType::Json => json_schema::mentions(text),
    }
}

impl Linked {
    /// Links texts with each other. A text that cannot be read has no links; [`Linked::links`] says why.
    pub fn of(documents: Vec<Document>) -> Result<Self, Cycle> {
        let read: Vec<_> = documents
            .iter()
            .map(|document| mentions(document.schema_type, &document.text))
            .collect();
        let index = Index::of(&documents, &read);
        let mut links = Vec::with_capacity(documents.len());
        let mut missing = Vec::with_capacity(documents.len());
        for (number, mentions) in read.into_iter().enumerate() {
            let mut lacks = Vec::new();
            links.push(mentions.map(|mentions| index.links(number, mentions.needs, &mut lacks)));
            missing.push(lacks);
        }
        let order = order(&links)?;
        Ok(Self {
            documents,
            links,
            missing,
            order,
        })
    }

    /// The texts, in the order they were given.
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// What a text uses of the others, or why it cannot be read.
    pub fn links(&self, number: usize) -> Result<&[Link], &SchemaError> {
        self.links[number].as_ref().map(Vec::as_slice)
    }

    /// What a text needs and none of the others defines.
    pub fn missing(&self, number: usize) -> &[Need] {
        &self.missing[number]
    }

    /// The numbers of all texts, each after those it needs, and otherwise as they were given.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// Everything a text reaches, each before the texts that use it, by the names of its referrers.
    pub fn references(&self, number: usize) -> Vec<NamedText> {
        let mut texts = Vec::new();
        let mut seen = HashSet::new();
        let mut waiting: Vec<(Option<String>, usize, bool)> = vec![(None, number, false)];
        while let Some((name, number, is_done)) = waiting.pop() {
            if is_done {
                texts.extend(name.map(|name| NamedText {
                    name,
                    text: Arc::clone(&self.documents[number].text),
                }));
                continue;
            }
            if !seen.insert((name.clone(), number)) {
                continue;
            }
            waiting.push((name, number, true));
            let links = self.links(number).unwrap_or_default().iter().rev();
            waiting.extend(links.map(|link| (Some(link.name.clone()), link.to, false)));
        }
        texts
    }
}

/// Where each name is defined.
struct Index<'a> {
    documents: &'a [Document],
    defines: HashMap<(SchemaType, String), usize>,
    by_file_name: HashMap<(SchemaType, &'a str), Vec<usize>>,
}

impl<'a> Index<'a> {
    fn of(documents: &'a [Document], read: &[Result<Mentions, SchemaError>]) -> Self {
        let mut index = Self {
            documents,
            defines: HashMap::new(),
            by_file_name: HashMap::new(),
        };
        for (number, (document, mentions)) in documents.iter().zip(read).enumerate() {
            let names = mentions.iter().flat_map(|mentions| &mentions.defines);
            for name in names {
                let key = (document.schema_type, name.clone());
                index.defines.entry(key).or_insert(number);
            }
            let key = (document.schema_type, file_name(&document.path));
            index.by_file_name.entry(key).or_default().push(number);
        }
        index
    }

    /// One link for each text that is needed: a second name for the same text would only bring it twice.
    fn links(&self, from: usize, needs: Vec<Need>, missing: &mut Vec<Need>) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        for need in needs {
            let Some(to) = self.find(from, &need) else {
                missing.push(need);
                continue;
            };
            let is_avro = self.documents[from].schema_type == SchemaType::Avro;
            if !(is_avro && links.iter().any(|link| link.to == to)) {
                let name = need.name;
                links.push(Link { name, to });
            }
        }
        links
    }

    fn find(&self, from: usize, need: &Need) -> Option<usize> {
        let schema_type = self.documents[from].schema_type;
        let defined = |name: &str| {
            let found = self.defines.get(&(schema_type, name.to_owned()));
            found.copied().filter(|to| *to != from)
        };
        match schema_type {
            // A name without a namespace is looked for in the namespace around it, and then by itself.
            SchemaType::Avro => defined(&need.name).or_else(|| {
                let (_, simple) = need.name.rsplit_once('.')?;
                defined(simple)
            }),
            SchemaType::Protobuf => self.at_path(from, &need.name),
            SchemaType::Json => defined(&need.absolute)
                .or_else(|| self.beside(from, &need.name))
                .or_else(|| self.at_path(from, &need.name)),
        }
    }

    /// The text at a path relative to the referrer's own.
    fn beside(&self, from: usize, name: &str) -> Option<usize> {
        let folder = self.documents[from].path.rsplit_once('/');
        let wanted = normal(folder.map_or("", |(folder, _)| folder), name);
        self.named(from, name)
            .into_iter()
            .find(|to| normal("", &self.documents[*to].path) == wanted)
    }

    /// The text whose path ends in the name; the one with most of the path in common with the referrer where there are
    /// several, since both lie below one root.
    fn at_path(&self, from: usize, name: &str) -> Option<usize> {
        let name = name.trim_start_matches("./");
        let ends_so = |to: &usize| {
            let rest = self.documents[*to].path.strip_suffix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let in_common = |to: &usize| {
            let (one, other) = (&self.documents[from].path, &self.documents[*to].path);
            let parts = one.split('/').zip(other.split('/'));
            parts.take_while(|(one, other)| one == other).count()
        };
        self.named(from, name)
            .into_iter()
            .filter(ends_so)
            .max_by_key(|to| (in_common(to), std::cmp::Reverse(*to)))
    }

    /// The other texts whose file is called as the last part of the name.
    fn named(&self, from: usize, name: &str) -> Vec<usize> {
        let key = (self.documents[from].schema_type, file_name(name));
        let found = self.by_file_name.get(&key).into_iter().flatten().copied();
        found.filter(|to| *to != from).collect()
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// A path below a folder, without `.` and `..`.
fn normal(folder: &str, path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let folder = if path.starts_with('/') { "" } else { folder };
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            part => kept.push(part),
        }
    }
    kept.join("/")
}

/// Every text after those it needs, with a stack of its own instead of recursion.
fn order(links: &[Result<Vec<Link>, SchemaError>]) -> Result<Vec<usize>, Cycle> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let needs = |number: usize| links[number].as_deref().unwrap_or_default();
    let mut marks = vec![Mark::New; links.len()];
    let mut order = Vec::with_capacity(links.len());
    for start in 0..links.len() {
        let mut path = vec![(start, 0)];
        while let Some((number, next)) = path.last_mut() {
            let number = *number;
            if marks[number] == Mark::Done {
                path.pop();
                continue;
            }
            marks[number] = Mark::Open;
            let Some(link) = needs(number).get(*next) else {
                marks[number] = Mark::Done;
                order.push(number);
                path.pop();
                continue;
            };
            *next += 1;
            if marks[link.to] == Mark::Open {
                let members = path.iter().map(|(number, _)| *number);
                return Err(Cycle(
                    members.skip_while(|number| *number != link.to).collect(),
                ));
            }
            path.push((link.to, 0));
        }
    }
    Ok(order)
}
