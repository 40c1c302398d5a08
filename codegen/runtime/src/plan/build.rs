//! Making a plan: each pair of types that can meet becomes a node, found by a list of pairs to look at and not by
//! recursion, because types nest in any depth through names.

use alloc::collections::BTreeMap;
use alloc::{borrow::ToOwned, boxed::Box, format, string::String, vec, vec::Vec};

use crate::{
    schema::{Enum, Fixed, Kind, NodeId, Primitive, Record, Schema},
    value,
};

use super::{
    Action, Field, Graph, Node, PlanError, Problem, Promotion, UNKNOWN, sameness,
    skip::SkipBuilder,
    union::{Branches, reads, reads_name},
};

/// Pairs, fields, branches and symbols that one plan may look at.
const WORK: u64 = 4_000_000;

/// Problems that are listed; the first ones show that the writer cannot be read.
const PROBLEMS: usize = 1_000;

/// Bytes that all defaults of one plan may have.
const DEFAULTS: usize = 16 << 20;

pub(super) fn build(reader: &Schema, writer: &Schema) -> Result<Graph, PlanError> {
    if reader.is_same_as(reader.root(), writer, writer.root()) {
        return Ok(Graph::same());
    }
    let mut builder = Builder {
        reader,
        writer,
        nodes: Vec::new(),
        pairs: Vec::new(),
        known: BTreeMap::new(),
        branches: BTreeMap::new(),
        skips: SkipBuilder::default(),
        problems: Vec::new(),
        work: WORK,
        defaults: DEFAULTS,
    };
    let root = builder.node_for(reader.root(), writer.root());
    let mut at = 0;
    while let Some(&(reader_id, writer_id)) = builder.pairs.get(at) {
        let node = builder.node(reader_id, writer_id)?;
        builder.nodes[at] = node;
        at += 1;
    }
    let mut nodes = builder.nodes;
    let is_dead = sameness::is_dead(&nodes, root);
    sameness::simplify(&mut nodes, &builder.pairs, reader, writer);
    if is_dead {
        return Err(PlanError::Unreadable(builder.problems));
    }
    Ok(Graph {
        nodes,
        root,
        skips: builder.skips.finish(),
        problems: builder.problems,
    })
}

struct Builder<'a> {
    reader: &'a Schema,
    writer: &'a Schema,
    nodes: Vec<Node>,
    /// The reader's and the writer's type of each node. Those behind the last node that was made are waiting.
    pairs: Vec<(NodeId, NodeId)>,
    known: BTreeMap<(NodeId, NodeId), u32>,
    branches: BTreeMap<NodeId, Branches<'a>>,
    skips: SkipBuilder,
    problems: Vec<Problem>,
    work: u64,
    defaults: usize,
}

impl<'a> Builder<'a> {
    fn node_for(&mut self, reader: NodeId, writer: NodeId) -> u32 {
        *self.known.entry((reader, writer)).or_insert_with(|| {
            self.pairs.push((reader, writer));
            self.nodes.push(Node::Same);
            u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn spend(&mut self, work: usize) -> Result<(), PlanError> {
        self.work = self
            .work
            .checked_sub(work as u64 + 1)
            .ok_or(PlanError::TooComplex)?;
        Ok(())
    }

    fn node(&mut self, reader_id: NodeId, writer_id: NodeId) -> Result<Node, PlanError> {
        self.spend(1)?;
        let (reader, writer) = (self.reader, self.writer);
        Ok(match (reader.kind(reader_id), writer.kind(writer_id)) {
            (_, Kind::Union(branches)) => {
                self.spend(branches.len())?;
                let nodes = branches.iter();
                Node::Union(
                    nodes
                        .map(|&branch| self.node_for(reader_id, branch))
                        .collect(),
                )
            }
            (Kind::Union(branches), kind) => {
                let found = self.branches_of(reader_id, branches)?.branch_for(kind);
                match found {
                    Some(index) => {
                        let branch = branches[index as usize];
                        Node::Branch(index, self.node_for(branch, writer_id))
                    }
                    None => self.fail(
                        (reader_id, writer_id),
                        format!("no branch of the reader's union reads {}", named(kind)),
                    ),
                }
            }
            (Kind::Primitive(one), Kind::Primitive(other)) if reads(*one, *other) => {
                promotion(*one, *other)
            }
            (Kind::Array(one), Kind::Array(other)) => Node::Array(self.node_for(*one, *other)),
            (Kind::Map(one), Kind::Map(other)) => Node::Map(self.node_for(*one, *other)),
            (one @ Kind::Record(_), other @ Kind::Record(_))
            | (one @ Kind::Enum(_), other @ Kind::Enum(_))
            | (one @ Kind::Fixed(_), other @ Kind::Fixed(_)) => {
                self.named(one, other, (reader_id, writer_id))?
            }
            (one, other) => self.fail(
                (reader_id, writer_id),
                format!("the reader has {}, the writer {}", named(one), named(other)),
            ),
        })
    }

    fn branches_of(&mut self, id: NodeId, branches: &[NodeId]) -> Result<&Branches<'a>, PlanError> {
        if !self.branches.contains_key(&id) {
            self.spend(branches.len())?;
        }
        let reader = self.reader;
        Ok(self
            .branches
            .entry(id)
            .or_insert_with(|| Branches::new(reader, branches)))
    }

    /// Two named types of the same kind.
    fn named(
        &mut self,
        reader: &'a Kind,
        writer: &'a Kind,
        pair: (NodeId, NodeId),
    ) -> Result<Node, PlanError> {
        let matches = match (reader.named(), writer.named()) {
            (Some(one), Some(other)) => reads_name(one, &other.name),
            _ => true,
        };
        if !matches {
            let message = format!(
                "the reader's {} is called \"{}\", the writer's \"{}\", and no alias says they are the same",
                reader.type_name(),
                reader.full_name(),
                writer.full_name()
            );
            return Ok(self.fail(pair, message));
        }
        match (reader, writer) {
            (Kind::Record(one), Kind::Record(other)) => self.record(one, other, pair),
            (Kind::Enum(one), Kind::Enum(other)) => self.symbols(one, other, pair),
            (Kind::Fixed(one), Kind::Fixed(other)) => Ok(self.fixed(one, other, pair)),
            _ => Ok(Node::Same),
        }
    }

    fn record(
        &mut self,
        reader: &'a Record,
        writer: &'a Record,
        pair: (NodeId, NodeId),
    ) -> Result<Node, PlanError> {
        self.spend(reader.fields.len() + writer.fields.len())?;
        let mut readers: Vec<Vec<u32>> = vec![Vec::new(); writer.fields.len()];
        let mut defaults = Vec::new();
        let mut failed = None;
        for (index, field) in (0..).zip(&reader.fields) {
            self.spend(field.aliases.len())?;
            match matching(field, writer) {
                Matching::One(found) => readers[found as usize].push(index),
                Matching::None => match self.default(index, field) {
                    Ok(default) => defaults.push(default),
                    Err(message) => failed = Some(self.fail_at(pair, index, message)),
                },
                Matching::Several => {
                    let message = format!(
                        "the reader's field \"{}\" matches several of the writer's by its name and aliases",
                        field.name
                    );
                    failed = Some(self.fail_at(pair, index, message));
                }
            }
        }
        if let Some(failed) = failed {
            return Ok(failed);
        }
        let mut steps = Vec::with_capacity(writer.fields.len() + defaults.len());
        for (field, readers) in writer.fields.iter().zip(readers) {
            if readers.is_empty() {
                let skip = self.skips.skip(self.writer, field.type_id);
                steps.push(Field {
                    target: UNKNOWN,
                    action: Action::Skip(skip),
                    again: false,
                });
            }
            for (nth, &target) in readers.iter().enumerate() {
                let type_id = reader.fields[target as usize].type_id;
                steps.push(Field {
                    target,
                    action: Action::Node(self.node_for(type_id, field.type_id)),
                    again: nth > 0,
                });
            }
        }
        steps.extend(defaults);
        Ok(Node::Record(steps.into()))
    }

    /// The step for a field that the writer lacks.
    fn default(&mut self, target: u32, field: &crate::schema::Field) -> Result<Field, String> {
        let name = &field.name;
        let default = field.default.as_ref().ok_or_else(|| {
            format!("the writer lacks the reader's field \"{name}\", which has no default")
        })?;
        let mut bytes = Vec::new();
        value::write_default(
            self.reader,
            field.type_id,
            default,
            &mut bytes,
            self.defaults,
        )
        .map_err(|wrong| format!("the default of the reader's field \"{name}\" {wrong}"))?;
        self.defaults = self.defaults.saturating_sub(bytes.len());
        Ok(Field {
            target,
            action: Action::Default(bytes.into()),
            again: false,
        })
    }

    fn symbols(
        &mut self,
        reader: &Enum,
        writer: &Enum,
        pair: (NodeId, NodeId),
    ) -> Result<Node, PlanError> {
        self.spend(reader.symbols.len() + writer.symbols.len())?;
        let known: BTreeMap<&str, u32> =
            reader.symbols.iter().map(String::as_str).zip(0..).collect();
        let default = reader.default.as_deref();
        let default = default.and_then(|default| known.get(default).copied());
        let mut unknown = Vec::new();
        let indexes = writer.symbols.iter().map(|symbol| {
            known
                .get(symbol.as_str())
                .copied()
                .or(default)
                .unwrap_or_else(|| {
                    unknown.push(symbol.as_str());
                    UNKNOWN
                })
        });
        let indexes: Box<[u32]> = indexes.collect();
        if !unknown.is_empty() {
            let message = format!(
                "the reader's enum \"{}\" has no default and lacks the symbols {}",
                reader.named.name.full(),
                unknown.join(", ")
            );
            self.fail(pair, message);
        }
        Ok(Node::Enum(indexes))
    }

    fn fixed(&mut self, reader: &Fixed, writer: &Fixed, pair: (NodeId, NodeId)) -> Node {
        if reader.size == writer.size {
            return Node::Same;
        }
        let message = format!(
            "the reader's fixed type \"{}\" has {} bytes, the writer's {}",
            reader.named.name.full(),
            reader.size,
            writer.size
        );
        self.fail(pair, message)
    }

    fn fail(&mut self, (reader, writer): (NodeId, NodeId), message: String) -> Node {
        self.problem(Problem {
            reader: self.reader.pointer(reader),
            writer: self.writer.pointer(writer),
            message,
        })
    }

    fn fail_at(&mut self, (reader, writer): (NodeId, NodeId), field: u32, message: String) -> Node {
        self.problem(Problem {
            reader: format!("{}/fields/{field}", self.reader.pointer(reader)),
            writer: self.writer.pointer(writer),
            message,
        })
    }

    fn problem(&mut self, problem: Problem) -> Node {
        if self.problems.len() < PROBLEMS {
            self.problems.push(problem);
        }
        Node::Fail(u32::try_from(self.problems.len() - 1).unwrap_or(u32::MAX))
    }
}

/// The writer's field that a reader's field reads, by its name and aliases.
enum Matching {
    None,
    One(u32),
    Several,
}

fn matching(field: &crate::schema::Field, writer: &Record) -> Matching {
    let names = core::iter::once(&field.name).chain(&field.aliases);
    let mut matching = Matching::None;
    for found in names.filter_map(|name| writer.field(name)) {
        matching = match matching {
            Matching::None => Matching::One(found),
            Matching::One(known) if known == found => Matching::One(known),
            _ => return Matching::Several,
        };
    }
    matching
}

fn promotion(reader: Primitive, writer: Primitive) -> Node {
    if reader == writer {
        return Node::Same;
    }
    Node::Promote(match writer {
        Primitive::Int => Promotion::Int,
        Primitive::Long => Promotion::Long,
        Primitive::Float => Promotion::Float,
        Primitive::Bytes => Promotion::Bytes,
        _ => Promotion::Text,
    })
}

/// A type in a sentence.
fn named(kind: &Kind) -> String {
    match kind.named() {
        Some(named) => format!("the {} \"{}\"", kind.type_name(), named.name.full()),
        None => kind.type_name().to_owned(),
    }
}
