//! Going over what a reader does not want, with the writer's schema.

use alloc::collections::BTreeMap;
use alloc::{boxed::Box, vec::Vec};

use crate::{
    Error, Reader,
    error::Cause,
    schema::{Kind, NodeId, Primitive, Schema},
};

/// How to go over the types of a writer.
#[derive(Debug, Default)]
pub(super) struct Skips(Vec<Skip>);

#[derive(Debug, Clone)]
enum Skip {
    /// Nothing is written for it.
    Nothing,
    /// A number.
    Number,
    /// So many bytes.
    Bytes(usize),
    /// A length and as many bytes.
    Prefixed,
    Record(Box<[u32]>),
    Union(Box<[u32]>),
    Array(u32),
    Map(u32),
}

/// The writer's types that have a way over them already.
#[derive(Default)]
pub(super) struct SkipBuilder {
    skips: Vec<Skip>,
    known: BTreeMap<NodeId, u32>,
    waiting: Vec<NodeId>,
}

impl SkipBuilder {
    /// The number of the way over a type.
    pub(super) fn skip(&mut self, writer: &Schema, id: NodeId) -> u32 {
        let number = self.number(id);
        while let Some(id) = self.waiting.pop() {
            let skip = self.skip_of(writer, id);
            let number = self.known[&id];
            self.skips[number as usize] = skip;
        }
        number
    }

    fn number(&mut self, id: NodeId) -> u32 {
        *self.known.entry(id).or_insert_with(|| {
            self.waiting.push(id);
            self.skips.push(Skip::Nothing);
            u32::try_from(self.skips.len() - 1).unwrap_or(u32::MAX)
        })
    }

    fn skip_of(&mut self, writer: &Schema, id: NodeId) -> Skip {
        match writer.kind(id) {
            Kind::Primitive(primitive) => match primitive {
                Primitive::Null => Skip::Nothing,
                Primitive::Boolean => Skip::Bytes(1),
                Primitive::Int | Primitive::Long => Skip::Number,
                Primitive::Float => Skip::Bytes(4),
                Primitive::Double => Skip::Bytes(8),
                Primitive::Bytes | Primitive::String => Skip::Prefixed,
            },
            Kind::Enum(_) => Skip::Number,
            Kind::Fixed(fixed) => Skip::Bytes(fixed.size),
            Kind::Array(inner) => Skip::Array(self.number(*inner)),
            Kind::Map(inner) => Skip::Map(self.number(*inner)),
            Kind::Union(branches) => {
                Skip::Union(branches.iter().map(|&id| self.number(id)).collect())
            }
            Kind::Record(record) => {
                let fields = record.fields.iter();
                Skip::Record(fields.map(|field| self.number(field.type_id)).collect())
            }
        }
    }

    pub(super) fn finish(self) -> Skips {
        Skips(self.skips)
    }
}

/// The stack that one level of a value takes while it is skipped.
const LEVEL: usize = 256;

impl Skips {
    pub(super) fn skip(&self, index: u32, input: &mut Reader<'_>) -> Result<(), Error> {
        match &self.0[index as usize] {
            Skip::Nothing => Ok(()),
            Skip::Number => input.long().map(drop),
            Skip::Bytes(count) => input.take(*count).map(drop),
            Skip::Prefixed => input.bytes().map(drop),
            Skip::Record(fields) => {
                let level = input.descend(LEVEL)?;
                for &field in fields {
                    self.skip(field, input)?;
                }
                input.ascend(level);
                Ok(())
            }
            Skip::Union(branches) => {
                let index = input.branch()?;
                let branch = usize::try_from(index).ok();
                let branch = branch.and_then(|index| branches.get(index));
                self.skip(*branch.ok_or_else(|| input.no_branch(index))?, input)
            }
            Skip::Array(inner) => self.blocks(*inner, false, input),
            Skip::Map(inner) => self.blocks(*inner, true, input),
        }
    }

    fn blocks(&self, inner: u32, has_keys: bool, input: &mut Reader<'_>) -> Result<(), Error> {
        let level = input.descend(LEVEL)?;
        loop {
            let count = input.long()?;
            if count == 0 {
                input.ascend(level);
                return Ok(());
            }
            if count < 0 {
                let (_, size) = input.block_with_size(count)?;
                input.take(size)?;
                continue;
            }
            if !has_keys && matches!(self.0[inner as usize], Skip::Nothing) {
                continue;
            }
            let count = usize::try_from(count).map_err(|_| input.error(Cause::Length(count)))?;
            if count > input.rest().len() {
                // Items of no bytes, unless the bytes end too early.
                input.spend(count.saturating_mul(4))?;
            }
            for _ in 0..count {
                if has_keys {
                    input.bytes()?;
                }
                self.skip(inner, input)?;
            }
        }
    }
}
