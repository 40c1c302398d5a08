//! Plans: how to read with one schema what was written with another (specification, "Schema Resolution").
//!
//! A plan is made once for each writer's schema. Each pair of a reader's and a writer's type that can meet is a node;
//! recursive types make it a graph. Where both types are written alike, the node says so, and reading takes the straight
//! path from there on down.

mod build;
mod problems;
mod sameness;
mod skip;
mod union;

use alloc::{boxed::Box, string::ToString, sync::Arc, vec, vec::Vec};
use core::{fmt, marker::PhantomData};

use crate::{
    AvroType, Codec, Error, Reader,
    codec::CodecRef,
    error::Cause,
    schema::{Schema, SchemaError},
};

pub use problems::{PlanError, Problem};
use skip::Skips;

/// How to read a `T` from what another schema's writer wrote. Cloning it is cheap.
///
/// ```
/// # use dovetail_runtime as dovetail;
/// use dovetail::{Graph, Value, schema::Schema};
/// let writer = Schema::parse(r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}"#).unwrap();
/// let reader = Schema::parse(
///     r#"{"type": "record", "name": "R", "fields": [
///         {"name": "b", "type": "string", "default": "?"}, {"name": "a", "type": "double"}]}"#,
/// ).unwrap();
/// let graph = Graph::new(&reader, &writer).unwrap();
/// let value = Value::from_slice_with(&reader, &graph, &[2]).unwrap();
/// assert_eq!(value, Value::Record(vec![Value::String("?".to_owned()), Value::Double(1.0)]));
/// ```
pub struct Plan<T> {
    graph: Arc<Graph>,
    reads: PhantomData<fn() -> T>,
}

/// How to read with one schema what was written with another.
#[derive(Debug)]
pub struct Graph {
    nodes: Vec<Node>,
    root: u32,
    skips: Skips,
    problems: Vec<Problem>,
}

/// What to do where a reader's and a writer's type meet.
#[derive(Debug)]
pub(crate) enum Node {
    /// Both are written alike.
    Same,
    /// The writer's primitive becomes the reader's.
    Promote(Promotion),
    /// Arrays, with the node of their items.
    Array(u32),
    /// Maps, with the node of their values.
    Map(u32),
    /// Records, with a step for each of the writer's fields and then for each of the reader's that takes its default.
    Record(Box<[Field]>),
    /// Enums: for each of the writer's symbols the index of the reader's, or [`UNKNOWN`].
    Enum(Box<[u32]>),
    /// The writer's union: a node for each of its branches.
    Union(Box<[u32]>),
    /// The reader's union, whose branch reads what the writer has, and its node.
    Branch(u32, u32),
    /// The reader cannot read this; the problem says why.
    Fail(u32),
}

/// What the writer's primitive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Promotion {
    Int,
    Long,
    Float,
    Bytes,
    Text,
}

/// The index of a symbol that the reader does not know.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// A step on the way through a record.
#[derive(Debug)]
pub(crate) struct Field {
    /// The reader's field, or [`UNKNOWN`].
    pub(crate) target: u32,
    pub(crate) action: Action,
    /// Several of the reader's fields read the same one of the writer's, and this is not the first.
    pub(crate) again: bool,
}

#[derive(Debug)]
pub(crate) enum Action {
    /// The field is written alike.
    Same,
    /// The field is read as a node says.
    Node(u32),
    /// The reader has no such field.
    Skip(u32),
    /// The writer has no such field; its default, as the reader would write it.
    Default(Box<[u8]>),
}

impl<T: AvroType> Plan<T> {
    /// The plan for what a schema's writer wrote.
    pub fn new(writer: &str) -> Result<Self, PlanError> {
        Self::with_references(writer, &[])
    }

    /// The plan for what a schema's writer wrote, with the texts that the schema refers to, each before those that use it.
    pub fn with_references(writer: &str, references: &[&str]) -> Result<Self, PlanError> {
        if writer == T::SCHEMA && references == T::REFERENCES {
            return Ok(Self::same());
        }
        let parsed = Schema::parse_with(writer, references)?;
        let reader = Self::reader()?;
        Ok(Self {
            graph: Arc::new(Graph::new(&reader, &parsed)?),
            reads: PhantomData,
        })
    }

    /// The plan for what was written with the schema of `T` itself.
    pub fn same() -> Self {
        Self {
            graph: Arc::new(Graph::same()),
            reads: PhantomData,
        }
    }

    fn reader() -> Result<Schema, SchemaError> {
        Schema::parse_with(T::SCHEMA, T::REFERENCES)
    }

    /// Whether both schemas write alike, so that reading takes the straight path.
    pub fn is_same(&self) -> bool {
        self.graph.is_same()
    }

    /// What the reader cannot read, though other values can be read.
    pub fn problems(&self) -> &[Problem] {
        self.graph.problems()
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }
}

impl<T> Clone for Plan<T> {
    fn clone(&self) -> Self {
        Self {
            graph: Arc::clone(&self.graph),
            reads: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Plan<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.graph.fmt(f)
    }
}

impl Graph {
    /// Pairs up a reader and a writer. Fails if no value at all could be read.
    pub fn new(reader: &Schema, writer: &Schema) -> Result<Self, PlanError> {
        build::build(reader, writer)
    }

    /// What is read as it was written.
    pub fn same() -> Self {
        Self {
            nodes: vec![Node::Same],
            root: 0,
            skips: Skips::default(),
            problems: Vec::new(),
        }
    }

    /// Whether both schemas write alike.
    pub fn is_same(&self) -> bool {
        matches!(self.nodes[self.root as usize], Node::Same)
    }

    /// What the reader cannot read, though other values can be read.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The start.
    #[inline]
    pub fn root(&self) -> At<'_> {
        At {
            graph: self,
            node: &self.nodes[self.root as usize],
        }
    }
}

/// A node of a plan.
#[derive(Debug, Clone, Copy)]
pub struct At<'p> {
    graph: &'p Graph,
    pub(crate) node: &'p Node,
}

/// Where a record is read from.
#[derive(Debug)]
pub enum Shape<'p, 'a> {
    /// It was written alike.
    Same,
    /// Field by field.
    Steps(Steps<'p, 'a>),
}

impl<'p> At<'p> {
    #[inline]
    pub(crate) fn node(self, index: u32) -> Self {
        At {
            graph: self.graph,
            node: &self.graph.nodes[index as usize],
        }
    }

    /// Goes on through the writer's unions, whose branch the bytes say.
    #[inline]
    pub(crate) fn settle(self, input: &mut Reader<'_>) -> Result<Self, Error> {
        match self.node {
            Node::Union(_) | Node::Fail(_) => self.settle_union(input),
            _ => Ok(self),
        }
    }

    fn settle_union(self, input: &mut Reader<'_>) -> Result<Self, Error> {
        let mut at = self;
        loop {
            match at.node {
                Node::Union(branches) => {
                    let index = input.branch()?;
                    let branch = usize::try_from(index).ok();
                    let node = branch.and_then(|index| branches.get(index));
                    at = at.node(*node.ok_or_else(|| input.no_branch(index))?);
                }
                Node::Fail(problem) => return Err(at.unreadable(*problem, input)),
                _ => return Ok(at),
            }
        }
    }

    #[cold]
    fn unreadable(self, problem: u32, input: &Reader<'_>) -> Error {
        let problem = &self.graph.problems[problem as usize];
        input.error(Cause::Unreadable(problem.to_string().into()))
    }

    /// How a record is read.
    #[inline]
    pub fn record<'a>(self, input: &mut Reader<'a>) -> Result<Shape<'p, 'a>, Error> {
        let at = self.settle(input)?;
        match at.node {
            Node::Same => Ok(Shape::Same),
            Node::Record(fields) => Ok(Shape::Steps(Steps {
                graph: at.graph,
                fields: fields.iter(),
                mark: input.rest(),
            })),
            _ => Err(input.misfit()),
        }
    }

    /// Reads the index of an enum's symbol.
    #[inline]
    pub fn symbol(self, input: &mut Reader<'_>) -> Result<usize, Error> {
        let at = self.settle(input)?;
        let symbol = input.symbol()?;
        match at.node {
            Node::Same => Ok(symbol),
            Node::Enum(indexes) => match indexes.get(symbol) {
                Some(&UNKNOWN) => Err(input.unknown_symbol(symbol)),
                Some(&index) => Ok(index as usize),
                None => Err(input.no_symbol(symbol)),
            },
            _ => Err(input.misfit()),
        }
    }

    /// Reads a fixed number of bytes.
    #[inline]
    pub fn fixed<const N: usize>(self, input: &mut Reader<'_>) -> Result<[u8; N], Error> {
        self.fixed_ref(input).copied()
    }

    /// The same where they are.
    #[inline]
    pub fn fixed_ref<'a, const N: usize>(
        self,
        input: &mut Reader<'a>,
    ) -> Result<&'a [u8; N], Error> {
        match self.settle(input)?.node {
            Node::Same => input.array_ref(),
            _ => Err(input.misfit()),
        }
    }
}

/// The steps through a record.
#[derive(Debug)]
pub struct Steps<'p, 'a> {
    graph: &'p Graph,
    fields: core::slice::Iter<'p, Field>,
    mark: &'a [u8],
}

/// A step on the way through a record.
#[derive(Debug, Clone, Copy)]
pub struct Step<'p> {
    graph: &'p Graph,
    field: &'p Field,
}

impl<'p, 'a> Steps<'p, 'a> {
    /// The next step.
    #[inline]
    pub fn next(&mut self, input: &mut Reader<'a>) -> Result<Option<Step<'p>>, Error> {
        let Some(field) = self.fields.next() else {
            return Ok(None);
        };
        if field.again {
            input.go_back(self.mark)?;
        } else {
            self.mark = input.rest();
        }
        Ok(Some(Step {
            graph: self.graph,
            field,
        }))
    }
}

impl<'p> Step<'p> {
    /// The index of the reader's field, or one that it does not have.
    #[inline]
    pub fn target(&self) -> u32 {
        self.field.target
    }

    /// Reads the field.
    #[inline]
    pub fn read<C: Codec>(&self, input: &mut Reader<'_>) -> Result<C::Value, Error> {
        match &self.field.action {
            Action::Same => C::read(input),
            Action::Node(node) => C::resolve(self.node(*node), input),
            Action::Default(bytes) => default::<C>(bytes, input),
            Action::Skip(_) => Err(input.misfit()),
        }
    }

    /// Reads the field, which borrows from the bytes and, where the writer lacks it, from the plan.
    #[inline]
    pub fn read_ref<C: CodecRef<'p>>(&self, input: &mut Reader<'p>) -> Result<C::Value, Error> {
        match &self.field.action {
            Action::Same => C::read(input),
            Action::Node(node) => C::resolve(self.node(*node), input),
            Action::Default(bytes) => default_ref::<C>(bytes, input),
            Action::Skip(_) => Err(input.misfit()),
        }
    }

    #[inline]
    fn node(&self, node: u32) -> At<'p> {
        At {
            graph: self.graph,
            node: &self.graph.nodes[node as usize],
        }
    }

    fn root(&self) -> At<'p> {
        self.graph.root()
    }

    /// The step as the dynamic values take it.
    pub(crate) fn action(&self) -> (&Action, At<'p>) {
        (&self.field.action, self.root())
    }

    /// Goes over what the reader does not want.
    #[inline]
    pub fn skip(&self, input: &mut Reader<'_>) -> Result<(), Error> {
        match self.field.action {
            Action::Skip(skip) => self.graph.skips.skip(skip, input),
            _ => Err(input.misfit()),
        }
    }
}

/// What a field holds that the writer does not have.
#[inline(never)]
fn default<C: Codec>(bytes: &[u8], input: &mut Reader<'_>) -> Result<C::Value, Error> {
    input.aside(bytes, C::read)
}

#[inline(never)]
fn default_ref<'p, C: CodecRef<'p>>(
    bytes: &'p [u8],
    input: &mut Reader<'p>,
) -> Result<C::Value, Error> {
    input.aside(bytes, C::read)
}

/// The error for a field that no step filled: the plan is not for this type.
#[cold]
pub fn unfilled() -> Error {
    Error::without_offset(Cause::Unreadable("the plan is for another type".into()))
}
