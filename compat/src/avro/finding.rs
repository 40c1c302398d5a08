//! From the notes of a walk to differences: messages, paths, and the places in both texts.
//!
//! A note is cheap, because most notes of a large union's probing are thrown away. Only what is reported gets its strings.

use crate::{Difference, Rule};
use dovetail_model::SchemaType;

use super::{
    rules,
    tree::{AvroSchema, Kind, NodeId, Record, Step},
};

/// A clash between a reader's and a writer's node, at a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Finding {
    pub(super) what: What,
    pub(super) location: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum What {
    Name,
    Size,
    Symbols,
    /// A reader's field, by its index.
    NoDefault(u32),
    Ambiguous(u32),
    Type,
    /// No branch of the reader's union reads the writer's type.
    NoBranch,
    /// No branch of the reader's union reads a branch of the writer's.
    NoBranchFor(u32),
}

/// A pair of nodes on the way down, the location before it, and the step between them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Location {
    pub(super) parent: u32,
    pub(super) step: Step,
    pub(super) depth: u32,
    /// The path starts anew: Java probes the branches of a union as if each were a schema of its own.
    pub(super) is_fresh: bool,
    pub(super) reader: NodeId,
    pub(super) writer: NodeId,
}

/// The writer's field that a reader's field reads, by its name and aliases.
pub(super) enum Matched {
    Missing,
    One(u32),
    Several,
}

pub(super) fn match_field(reader: &Record, index: u32, writer: &Record) -> Matched {
    let field = &reader.fields[index as usize];
    let at_same_index = writer
        .fields
        .get(index as usize)
        .filter(|other| other.name == field.name);
    let direct = match at_same_index {
        Some(_) => Some(index),
        None => writer.by_name.get(&field.name).copied(),
    };
    let by_alias = field
        .aliases
        .iter()
        .filter_map(|alias| writer.by_name.get(alias.as_str()).copied());
    let mut matched = Matched::Missing;
    for found in direct.into_iter().chain(by_alias) {
        matched = match matched {
            Matched::Missing => Matched::One(found),
            Matched::One(known) if known == found => Matched::One(known),
            _ => return Matched::Several,
        };
    }
    matched
}

/// What is needed to spell findings out.
pub(super) struct Speller<'a> {
    pub(super) reader: &'a AvroSchema,
    pub(super) writer: &'a AvroSchema,
    pub(super) locations: &'a [Location],
}

impl Speller<'_> {
    pub(super) fn difference(&self, finding: Finding) -> Difference {
        let (rule, detail, info) = self.words(finding);
        let (reader_place, writer_place) = self.places(finding);
        Difference {
            rule,
            schema_type: SchemaType::Avro,
            path: self.path(finding),
            detail,
            additional_info: Some(info),
            reader_place,
            writer_place,
        }
    }

    /// The rule, its detail, and what Java says.
    fn words(&self, finding: Finding) -> (&'static Rule, String, String) {
        let location = self.locations[finding.location as usize];
        let (reader, writer) = (
            self.reader.kind(location.reader),
            self.writer.kind(location.writer),
        );
        let same = |rule, text: String| (rule, text.clone(), text);
        let field = |index: u32| match reader {
            Kind::Record(record) => record.fields[index as usize].name.to_string(),
            _ => String::new(),
        };
        match finding.what {
            What::Name => same(
                &rules::NAME_MISMATCH,
                format!("expected: {}", writer.full_name()),
            ),
            What::Size => same(&rules::FIXED_SIZE_MISMATCH, sizes(reader, writer)),
            What::Symbols => same(
                &rules::MISSING_ENUM_SYMBOLS,
                format!("[{}]", missing_symbols(reader, writer).join(", ")),
            ),
            What::NoDefault(index) => {
                same(&rules::READER_FIELD_MISSING_DEFAULT_VALUE, field(index))
            }
            What::Ambiguous(index) => same(
                &rules::READER_FIELD_MATCHES_SEVERAL_WRITER_FIELDS,
                field(index),
            ),
            What::Type => (
                &rules::TYPE_MISMATCH,
                format!("{} instead of {}", reader.type_name(), writer.type_name()),
                mismatch(reader, writer),
            ),
            What::NoBranch => lacking(writer),
            What::NoBranchFor(index) => match writer {
                Kind::Union(union) => lacking(self.writer.kind(union.branches[index as usize])),
                _ => lacking(writer),
            },
        }
    }

    /// The path as Java prints it: relative to where the path started anew, and `/` for the start itself.
    fn path(&self, finding: Finding) -> String {
        let mut steps = Vec::new();
        let mut location = self.locations[finding.location as usize];
        while !location.is_fresh {
            steps.push(location.step);
            location = self.locations[location.parent as usize];
        }
        let mut path = String::new();
        steps
            .into_iter()
            .rev()
            .for_each(|step| step.push_to(&mut path));
        path.push_str(&part(finding.what));
        if path.is_empty() {
            "/".to_owned()
        } else {
            path
        }
    }

    fn places(&self, finding: Finding) -> (String, String) {
        let part = part(finding.what);
        let (reader_part, writer_part) = match finding.what {
            What::NoDefault(_) | What::Ambiguous(_) => (part.as_str(), ""),
            What::NoBranchFor(_) => ("", part.as_str()),
            _ => (part.as_str(), part.as_str()),
        };
        (
            self.place(finding.location, Side::Reader, reader_part),
            self.place(finding.location, Side::Writer, writer_part),
        )
    }

    /// The place of a node in its side's own text, or where that text uses it when a reference defines it.
    fn place(&self, location: u32, side: Side, part: &str) -> String {
        let schema = match side {
            Side::Reader => self.reader,
            Side::Writer => self.writer,
        };
        let mut at = self.locations[location as usize];
        let mut node = side.of(at);
        if schema.is_own(node) {
            return schema.pointer(node) + part;
        }
        while at.step != Step::Root {
            let above = self.locations[at.parent as usize];
            let user = side.of(above);
            if schema.is_own(user) {
                let mut place = schema.pointer(user);
                self.use_of(above, at.step, side, node).push_to(&mut place);
                return place;
            }
            (at, node) = (above, user);
        }
        String::new()
    }

    /// The step in one side's text from a node to one that it uses.
    fn use_of(&self, above: Location, step: Step, side: Side, node: NodeId) -> Step {
        let (reader, writer) = (
            self.reader.kind(above.reader),
            self.writer.kind(above.writer),
        );
        let own = match side {
            Side::Reader => reader,
            Side::Writer => writer,
        };
        match (own, step) {
            (Kind::Union(union), _) => union
                .branches
                .iter()
                .position(|&branch| branch == node)
                .map_or(Step::Root, |index| {
                    Step::Branch(super::parse::number(index))
                }),
            (Kind::Record(_), Step::Field(index)) => match (side, reader, writer) {
                (Side::Writer, Kind::Record(reader), Kind::Record(writer)) => {
                    match match_field(reader, index, writer) {
                        Matched::One(found) => Step::Field(found),
                        Matched::Missing | Matched::Several => Step::Root,
                    }
                }
                _ => step,
            },
            (Kind::Array(_) | Kind::Map(_), _) => step,
            _ => Step::Root,
        }
    }
}

#[derive(Clone, Copy)]
enum Side {
    Reader,
    Writer,
}

impl Side {
    const fn of(self, location: Location) -> NodeId {
        match self {
            Self::Reader => location.reader,
            Self::Writer => location.writer,
        }
    }
}

/// The part of the node that the finding is about, as tokens of a JSON pointer.
fn part(what: What) -> String {
    match what {
        What::Name => "/name".to_owned(),
        What::Size => "/size".to_owned(),
        What::Symbols => "/symbols".to_owned(),
        What::NoDefault(index) | What::Ambiguous(index) => format!("/fields/{index}"),
        What::NoBranchFor(index) => format!("/{index}"),
        What::Type | What::NoBranch => String::new(),
    }
}

fn lacking(writer: &Kind) -> (&'static Rule, String, String) {
    let info = format!("reader union lacking writer type: {}", shout(writer));
    let detail = match writer.named() {
        Some(named) => format!("{} {}", writer.type_name(), named.name.full()),
        None => format!("type {}", writer.type_name()),
    };
    (&rules::MISSING_UNION_BRANCH, detail, info)
}

fn mismatch(reader: &Kind, writer: &Kind) -> String {
    let (reader, writer) = (shout(reader), shout(writer));
    format!("reader type: {reader} not compatible with writer type: {writer}")
}

fn shout(kind: &Kind) -> String {
    kind.type_name().to_ascii_uppercase()
}

fn sizes(reader: &Kind, writer: &Kind) -> String {
    match (reader, writer) {
        (Kind::Fixed(reader), Kind::Fixed(writer)) => {
            format!("expected: {}, found: {}", writer.size, reader.size)
        }
        _ => String::new(),
    }
}

/// The writer's symbols that the reader lacks, in Java's order.
pub(super) fn missing_symbols<'a>(reader: &Kind, writer: &'a Kind) -> Vec<&'a str> {
    let (Kind::Enum(reader), Kind::Enum(writer)) = (reader, writer) else {
        return Vec::new();
    };
    let known: std::collections::HashSet<&str> =
        reader.symbols.iter().map(String::as_str).collect();
    let mut missing: Vec<&str> = writer
        .symbols
        .iter()
        .map(String::as_str)
        .filter(|symbol| !known.contains(symbol))
        .collect();
    missing.sort_by(|one, other| super::normalize::java_order(one, other));
    missing
}
