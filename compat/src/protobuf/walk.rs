//! Pairs up two texts and reports every difference, compatible or not.
//!
//! Types of a text itself are walked where they are declared, side by side with their namesakes. A field whose type
//! comes from an import leads to a walk of that type's body, and the field changed if that walk finds something
//! incompatible. Such walks may meet in cycles and may be reached by many ways: the protocol reports a body once for each
//! way, so that is done up to a bound, and beyond it each pair of bodies is walked once.
//!
//! There is no recursion: a stack of tasks stands for it, so imports may refer to each other as deep as they like.

mod fields;
mod oneofs;

use std::collections::HashMap;

use dovetail_model::SchemaType;

use super::{
    model::{Enum, Field, Message, MessageId, Model, Types},
    parse::ProtobufSchema,
    rules,
};
use crate::{Difference, Rule, TooComplex, Verdict, limits::Budget};

/// Steps of one check; a step is a pair of fields, constants or types.
const STEPS: u64 = 4_000_000;
/// Walks of imported bodies that may repeat each other before each pair is walked once only.
const REPEATS: usize = 5_000;

/// Everything in which the reader (the update) differs from the writer (the original).
pub(crate) fn differences(
    reader: &ProtobufSchema,
    writer: &ProtobufSchema,
) -> Result<Vec<Difference>, TooComplex> {
    let (reader, writer) = (reader.model(), writer.model());
    let mut walk = Walk {
        reader,
        writer,
        found: Vec::new(),
        incompatible: 0,
        budget: Budget::new(STEPS, "comparing two Protobuf schemas"),
        tasks: Vec::new(),
        open: vec![0; writer.messages.len()],
        imported: 0,
        judged: HashMap::new(),
    };
    walk.package();
    walk.types(&writer.top, &reader.top, None)?;
    walk.run()?;
    Ok(walk.found)
}

struct Walk<'a> {
    reader: &'a Model,
    writer: &'a Model,
    found: Vec<Difference>,
    /// How many of those found are incompatible.
    incompatible: usize,
    budget: Budget,
    tasks: Vec<Task<'a>>,
    /// For each message of the writer, how many walks of its body are under way.
    open: Vec<u8>,
    /// Walks of imported bodies so far.
    imported: usize,
    /// Whether an imported pair turned out incompatible.
    judged: HashMap<(MessageId, MessageId), bool>,
}

enum Task<'a> {
    /// Walk the bodies of two messages of the same name.
    Bodies(Pair),
    /// The fields and nested types of a writer's message are done.
    Close(MessageId),
    /// Walk the bodies that a field's types name.
    Import(Import<'a>),
    /// That walk is done; it began with so many incompatibilities.
    Imported(Import<'a>, usize),
}

#[derive(Clone, Copy)]
struct Pair {
    writer: MessageId,
    reader: MessageId,
}

/// A field whose type has a body elsewhere.
#[derive(Clone, Copy)]
struct Import<'a> {
    /// The messages that the types name.
    pair: Pair,
    field: FieldPair<'a>,
}

/// A field on both sides, and the message it is in.
#[derive(Clone, Copy)]
struct FieldPair<'a> {
    messages: Pair,
    writer: &'a Field,
    reader: &'a Field,
}

impl<'a> Walk<'a> {
    fn run(&mut self) -> Result<(), TooComplex> {
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Bodies(pair) => self.bodies(pair)?,
                Task::Close(message) => self.open[message] = 0,
                Task::Import(import) => self.import(import),
                Task::Imported(import, before) => self.imported(import, before),
            }
        }
        Ok(())
    }

    fn package(&mut self) {
        let (writer, reader) = (&self.writer.package, &self.reader.package);
        if writer == reader {
            return;
        }
        let name = |package: &Option<String>| package.clone().unwrap_or_else(|| "none".to_owned());
        let detail = format!("\"{}\" became \"{}\"", name(writer), name(reader));
        self.add(Finding {
            rule: &rules::PACKAGE_CHANGED,
            path: "#/".to_owned(),
            detail,
            writer_place: writer.clone().unwrap_or_default(),
            reader_place: reader.clone().unwrap_or_default(),
        });
    }

    /// Types declared side by side: in two files, or in the messages `parents`.
    fn types(
        &mut self,
        writer: &'a Types,
        reader: &'a Types,
        parents: Option<Pair>,
    ) -> Result<(), TooComplex> {
        self.budget
            .steps((writer.enums.len() + reader.enums.len()) as u64)?;
        let readers: HashMap<&str, &Enum> = by_name(&reader.enums, |one| one.name.as_str());
        let writers: HashMap<&str, &Enum> = by_name(&writer.enums, |one| one.name.as_str());
        for one in &writer.enums {
            match readers.get(one.name.as_str()) {
                Some(other) => self.constants(one, other, parents)?,
                None => self.add_enum(&rules::ENUM_REMOVED, one, parents),
            }
        }
        for one in &reader.enums {
            if !writers.contains_key(one.name.as_str()) {
                self.add_enum(&rules::ENUM_ADDED, one, parents);
            }
        }
        self.messages(writer, reader, parents)
    }

    fn messages(
        &mut self,
        writer: &'a Types,
        reader: &'a Types,
        parents: Option<Pair>,
    ) -> Result<(), TooComplex> {
        self.budget
            .steps((writer.messages.len() + reader.messages.len()) as u64)?;
        let writers = positions(self.writer, &writer.messages);
        let readers = positions(self.reader, &reader.messages);
        for &id in &reader.messages {
            let message = &self.reader.messages[id];
            if !writers.contains_key(message.name.as_str()) && !message.group {
                self.add_message(&rules::MESSAGE_ADDED, message, parents);
            }
        }
        // Tasks are taken from the end, so the last are put first.
        for &id in writer.messages.iter().rev() {
            let message = &self.writer.messages[id];
            let Some(&(other, index)) = readers.get(message.name.as_str()) else {
                if !message.group {
                    self.add_message(&rules::MESSAGE_REMOVED, message, parents);
                }
                continue;
            };
            let moved = writers[message.name.as_str()].1 != index;
            if moved && !message.group && !self.reader.messages[other].group {
                self.add_message(&rules::MESSAGE_MOVED, message, parents);
            }
            self.tasks.push(Task::Bodies(Pair {
                writer: id,
                reader: other,
            }));
        }
        Ok(())
    }

    fn bodies(&mut self, pair: Pair) -> Result<(), TooComplex> {
        self.budget.step()?;
        let writer = &self.writer.messages[pair.writer];
        let reader = &self.reader.messages[pair.reader];
        if self.open[pair.writer] == 0 {
            self.open[pair.writer] = 1;
            self.tasks.push(Task::Close(pair.writer));
            self.types(&writer.types, &reader.types, Some(pair))?;
            self.oneofs(pair, writer, reader)?;
            self.fields(pair, writer, reader)
        } else if self.imported < REPEATS {
            // The protocol looks at nested types again when a body contains itself.
            self.types(&writer.types, &reader.types, Some(pair))
        } else {
            Ok(())
        }
    }

    fn import(&mut self, import: Import<'a>) {
        let key = (import.pair.writer, import.pair.reader);
        self.imported += 1;
        if self.imported > REPEATS
            && let Some(&incompatible) = self.judged.get(&key)
        {
            if incompatible {
                self.add_named_type_changed(import);
            }
            return;
        }
        self.tasks.push(Task::Imported(import, self.incompatible));
        self.tasks.push(Task::Bodies(import.pair));
    }

    fn imported(&mut self, import: Import<'a>, before: usize) {
        let incompatible = self.incompatible > before;
        self.judged
            .insert((import.pair.writer, import.pair.reader), incompatible);
        if incompatible {
            self.add_named_type_changed(import);
        }
    }

    fn constants(
        &mut self,
        writer: &Enum,
        reader: &Enum,
        parents: Option<Pair>,
    ) -> Result<(), TooComplex> {
        self.budget
            .steps((writer.values.len() + reader.values.len()) as u64)?;
        let (mut old, mut new) = (
            writer.values.iter().peekable(),
            reader.values.iter().peekable(),
        );
        loop {
            let numbers = (
                old.peek().map(|value| value.0),
                new.peek().map(|value| value.0),
            );
            let (rule, number, detail) = match numbers {
                (None, None) => return Ok(()),
                (Some(one), other) if other.is_none_or(|other| one < other) => {
                    let name = old.next().map(|value| value.1.clone());
                    (&rules::ENUM_CONST_REMOVED, one, name.unwrap_or_default())
                }
                (one, Some(other)) if one.is_none_or(|one| other < one) => {
                    let name = new.next().map(|value| value.1.clone());
                    (&rules::ENUM_CONST_ADDED, other, name.unwrap_or_default())
                }
                _ => match (old.next(), new.next()) {
                    (Some(one), Some(other)) if one.1 != other.1 => {
                        let detail = format!("\"{}\" became \"{}\"", one.1, other.1);
                        (&rules::ENUM_CONST_CHANGED, one.0, detail)
                    }
                    _ => continue,
                },
            };
            let path = format!("{}/{}/{number}", self.path(parents), writer.name);
            self.add(Finding {
                rule,
                path,
                detail,
                writer_place: constant_place(writer, number),
                reader_place: constant_place(reader, number),
            });
        }
    }

    fn add_enum(&mut self, rule: &'static Rule, one: &Enum, parents: Option<Pair>) {
        let path = format!("{}/{}", self.path(parents), one.name);
        let (writer_place, reader_place) = self.places(rule, &one.full, parents);
        self.add(Finding {
            rule,
            path,
            detail: one.name.clone(),
            writer_place,
            reader_place,
        });
    }

    fn add_message(&mut self, rule: &'static Rule, message: &Message, parents: Option<Pair>) {
        let path = format!("{}/{}", self.path(parents), message.name);
        let (writer_place, reader_place) = self.places(rule, &message.full, parents);
        self.add(Finding {
            rule,
            path,
            detail: message.name.clone(),
            writer_place,
            reader_place,
        });
    }

    /// The places of a type: on the side that lacks it, the message or file that would hold it.
    fn places(&self, rule: &'static Rule, full: &str, parents: Option<Pair>) -> (String, String) {
        let scope = |model: &Model, parent: Option<MessageId>| match parent {
            Some(id) => model.messages[id].full.clone(),
            None => model.package.clone().unwrap_or_default(),
        };
        let name = full.rsplit('.').next().unwrap_or(full);
        let within = |scope: String| match scope.as_str() {
            "" => name.to_owned(),
            _ => format!("{scope}.{name}"),
        };
        let writer = scope(self.writer, parents.map(|pair| pair.writer));
        let reader = scope(self.reader, parents.map(|pair| pair.reader));
        if rule.id.ends_with("_ADDED") {
            (writer, within(reader))
        } else if rule.id.ends_with("_REMOVED") {
            (within(writer), reader)
        } else {
            (within(writer), within(reader))
        }
    }

    /// `#`, or the path of a message.
    fn path(&self, message: Option<Pair>) -> String {
        match message {
            None => "#".to_owned(),
            Some(pair) => {
                let local = &self.writer.messages[pair.writer].local;
                format!("#/{}", local.replace('.', "/"))
            }
        }
    }

    fn add(&mut self, finding: Finding) {
        self.incompatible += usize::from(finding.rule.verdict != Verdict::Compatible);
        self.found.push(Difference {
            rule: finding.rule,
            schema_type: SchemaType::Protobuf,
            path: finding.path,
            detail: finding.detail,
            additional_info: None,
            reader_place: finding.reader_place,
            writer_place: finding.writer_place,
        });
    }
}

struct Finding {
    rule: &'static Rule,
    path: String,
    detail: String,
    writer_place: String,
    reader_place: String,
}

fn by_name<'a, T>(list: &'a [T], name: impl Fn(&'a T) -> &'a str) -> HashMap<&'a str, &'a T> {
    list.iter().map(|one| (name(one), one)).collect()
}

/// Messages by name, each with its index among those that are no bodies of groups.
fn positions<'a>(model: &'a Model, ids: &[MessageId]) -> HashMap<&'a str, (MessageId, usize)> {
    let mut index = 0;
    let mut found = HashMap::with_capacity(ids.len());
    for &id in ids {
        let message = &model.messages[id];
        found.insert(message.name.as_str(), (id, index));
        index += usize::from(!message.group);
    }
    found
}

/// The dotted name of a constant, or of its enum where the number has none.
fn constant_place(one: &Enum, number: i32) -> String {
    let position = one.values.binary_search_by_key(&number, |value| value.0);
    match position {
        Ok(position) => format!("{}.{}", one.full, one.values[position].1),
        Err(_) => one.full.clone(),
    }
}
