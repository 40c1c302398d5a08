//! Reading bytes with another schema than they were written with (specification, "Schema Resolution").
//!
//! What the reader cannot read is noted and skipped with the writer's schema, so one pass finds every failure and a
//! witness can tell the one it is about from others. Depth, parts and failures are bounded; bytes that the writer cannot
//! have written end the reading at once.
//!
//! Names follow Java's checker: they match without namespace, or through a full alias of the reader's type. The
//! specification asks this of records, enums and fixed types alike; Java's own decoder lets a renamed record pass where no
//! union is in the way, so a name that differs is read by some readers and refused by others.

mod bytes;
mod plan;
mod words;

use std::{collections::HashMap, rc::Rc};

pub(super) use plan::{Plan, branch_for};

use self::bytes::{Input, Malformed};
use super::{
    finding::What,
    tree::{AvroSchema, Enum, Fixed, Kind, NodeId, Primitive, Record},
    value::{DEPTH_LIMIT, Datum, Form, from_json},
};

/// Parts that reading one value may look at, skipped ones included.
const STEPS: u64 = 1_000_000;

/// Failures that are noted; the first ones show that the value cannot be read.
const FAILURES: usize = 1_000;

/// A reader and a writer.
pub(super) type Pair = (NodeId, NodeId);

/// The only failure that is to be noted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// The pair that is being read.
    pub(super) pair: Pair,
    /// What fails about it; nothing where anything below it may.
    pub(super) what: Option<What>,
}

/// Why something cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// What the checker reports for such a pair.
    Clash(What),
    /// A default that is no value of its field's type, by the field's index. The checker does not look.
    BadDefault(u32),
}

/// What became of bytes.
pub(super) struct Reading {
    /// The value; it has gaps where something failed.
    pub(super) value: Datum,
    /// What failed and where, in a sentence each.
    pub(super) failures: Vec<String>,
}

/// Reads bytes that were written with `writer`, and notes every failure or only those that are wanted.
pub(super) fn resolve(
    reader: &AvroSchema,
    writer: &AvroSchema,
    bytes: &[u8],
    wanted: Option<Wanted>,
) -> Result<Reading, &'static str> {
    let mut resolver = Resolver {
        reader,
        writer,
        input: Input::new(bytes),
        left: STEPS,
        depth: 0,
        plans: HashMap::new(),
        branches: HashMap::new(),
        wanted,
        wanted_open: 0,
        path: Vec::new(),
        failures: Vec::new(),
    };
    let value = resolver
        .value(reader.root, writer.root)
        .map_err(|Malformed(why)| why)?;
    if !resolver.input.is_empty() {
        return Err("bytes are left over behind the value");
    }
    Ok(Reading {
        value,
        failures: resolver.failures,
    })
}

struct Resolver<'a> {
    reader: &'a AvroSchema,
    writer: &'a AvroSchema,
    input: Input<'a>,
    left: u64,
    depth: usize,
    plans: HashMap<Pair, Rc<Plan>>,
    branches: HashMap<Pair, Option<u32>>,
    wanted: Option<Wanted>,
    /// How often the wanted pair is being read, one inside the other.
    wanted_open: usize,
    /// The way into the writer's value, for the sentences.
    path: Vec<Part<'a>>,
    failures: Vec<String>,
}

/// A step into a value, as its JSON encoding has it.
enum Part<'a> {
    Name(&'a str),
    Index(u64),
}

type Read<T> = Result<T, Malformed>;

impl<'a> Resolver<'a> {
    fn value(&mut self, reader: NodeId, writer: NodeId) -> Read<Datum> {
        self.descend()?;
        let is_wanted = self
            .wanted
            .is_some_and(|wanted| wanted.pair == (reader, writer));
        self.wanted_open += usize::from(is_wanted);
        let value = self.value_of(reader, writer)?;
        self.wanted_open -= usize::from(is_wanted);
        self.depth -= 1;
        Ok(value)
    }

    fn descend(&mut self) -> Read<()> {
        self.steps(1)?;
        if self.depth == DEPTH_LIMIT {
            return Err(Malformed("the value nests too deep"));
        }
        self.depth += 1;
        Ok(())
    }

    fn steps(&mut self, count: u64) -> Read<()> {
        self.left = self
            .left
            .checked_sub(count)
            .ok_or(Malformed("the value has too many parts"))?;
        Ok(())
    }

    fn value_of(&mut self, reader: NodeId, writer: NodeId) -> Read<Datum> {
        let pair = (reader, writer);
        match (self.reader.kind(reader), self.writer.kind(writer)) {
            (_, Kind::Union(union)) => {
                let branch = self.branch(&union.branches)?;
                self.within(self.writer_branch(branch), |this| {
                    this.value(reader, branch)
                })
            }
            (Kind::Union(union), _) => match self.reader_branch(pair, &union.branches)? {
                Some(index) => {
                    // A branch of the reader's is no step down in the value that was written.
                    self.depth -= 1;
                    let value = self.value(union.branches[index as usize], writer)?;
                    self.depth += 1;
                    Ok(Datum::Union(index, Box::new(value)))
                }
                None => self.give_up(pair, What::NoBranch),
            },
            (Kind::Primitive(one), Kind::Primitive(other)) if one.reads(*other) => {
                self.primitive(*other).map(|value| promote(value, *one))
            }
            (Kind::Array(one), Kind::Array(other)) => self.array(*one, *other),
            (Kind::Map(one), Kind::Map(other)) => self.map(*one, *other),
            (Kind::Record(one), Kind::Record(other)) => self.record(pair, one, other),
            (Kind::Enum(one), Kind::Enum(other)) => self.symbol(pair, one, other),
            (Kind::Fixed(one), Kind::Fixed(other)) => self.fixed(pair, one, other),
            _ => self.give_up(pair, What::Type),
        }
    }

    /// Notes a clash and skips what the writer wrote.
    fn give_up(&mut self, pair: Pair, what: What) -> Read<Datum> {
        self.fail(pair, Cause::Clash(what), None);
        self.skip(pair.1)?;
        Ok(Datum::Null)
    }

    /// The branch that the writer wrote.
    fn branch(&mut self, branches: &[NodeId]) -> Read<NodeId> {
        let index = self.input.long()?;
        usize::try_from(index)
            .ok()
            .and_then(|index| branches.get(index))
            .copied()
            .ok_or(Malformed("a union has no such branch"))
    }

    fn writer_branch(&self, branch: NodeId) -> Option<Part<'a>> {
        match self.writer.kind(branch) {
            Kind::Primitive(Primitive::Null) => None,
            kind => Some(Part::Name(kind.full_name())),
        }
    }

    fn reader_branch(&mut self, pair: Pair, branches: &[NodeId]) -> Read<Option<u32>> {
        if let Some(known) = self.branches.get(&pair) {
            return Ok(*known);
        }
        self.steps(branches.len() as u64)?;
        let found = branch_for(self.reader, branches, self.writer.kind(pair.1));
        self.branches.insert(pair, found);
        Ok(found)
    }

    fn within<T>(
        &mut self,
        part: Option<Part<'a>>,
        read: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Read<T> {
        let before = self.path.len();
        self.path.extend(part);
        let value = read(self)?;
        self.path.truncate(before);
        Ok(value)
    }

    fn primitive(&mut self, primitive: Primitive) -> Read<Datum> {
        Ok(match primitive {
            Primitive::Null => Datum::Null,
            Primitive::Boolean => Datum::Boolean(self.input.boolean()?),
            Primitive::Int => Datum::Int(self.input.int()?),
            Primitive::Long => Datum::Long(self.input.long()?),
            Primitive::Float => Datum::Float(f32::from_le_bytes(self.input.array()?)),
            Primitive::Double => Datum::Double(f64::from_le_bytes(self.input.array()?)),
            Primitive::Bytes => Datum::Bytes(self.prefixed()?.to_vec()),
            Primitive::String => {
                let text = str::from_utf8(self.prefixed()?)
                    .map_err(|_| Malformed("a string is not UTF-8"))?;
                Datum::String(text.to_owned())
            }
        })
    }

    /// A length and that many bytes, which count as parts: several fields of a reader may read the same.
    fn prefixed(&mut self) -> Read<&'a [u8]> {
        let bytes = self.input.prefixed()?;
        self.steps(bytes.len() as u64 / 64)?;
        Ok(bytes)
    }

    fn array(&mut self, reader: NodeId, writer: NodeId) -> Read<Datum> {
        let mut items = Vec::new();
        let mut index = 0;
        loop {
            let count = self.input.block()?;
            if count == 0 {
                return Ok(Datum::Array(items));
            }
            for _ in 0..count {
                let item =
                    self.within(Some(Part::Index(index)), |this| this.value(reader, writer))?;
                items.push(item);
                index += 1;
            }
        }
    }

    fn map(&mut self, reader: NodeId, writer: NodeId) -> Read<Datum> {
        let mut entries = Vec::new();
        loop {
            let count = self.input.block()?;
            if count == 0 {
                return Ok(Datum::Map(entries));
            }
            for _ in 0..count {
                let key = str::from_utf8(self.input.prefixed()?)
                    .map_err(|_| Malformed("a key is not UTF-8"))?;
                let value =
                    self.within(Some(Part::Name(key)), |this| this.value(reader, writer))?;
                entries.push((key.to_owned(), value));
            }
        }
    }

    fn record(&mut self, pair: Pair, reader: &'a Record, writer: &'a Record) -> Read<Datum> {
        if !reader.named.reads(&writer.named.name) {
            self.fail(pair, Cause::Clash(What::Name), None);
        }
        let plan = self.plan(pair, reader, writer)?;
        self.steps(reader.fields.len() as u64)?;
        let mut values = vec![Datum::Null; reader.fields.len()];
        for &index in &plan.ambiguous {
            self.fail(pair, Cause::Clash(What::Ambiguous(index)), None);
        }
        for &index in &plan.missing {
            values[index as usize] = self.default(pair, reader, index)?;
        }
        for (field, readers) in writer.fields.iter().zip(&plan.readers) {
            let start = self.input.mark();
            self.within(Some(Part::Name(&field.name)), |this| {
                for &index in readers {
                    this.input.go_to(start);
                    let type_id = reader.fields[index as usize].type_id;
                    values[index as usize] = this.value(type_id, field.type_id)?;
                }
                if readers.is_empty() {
                    this.skip(field.type_id)?;
                }
                Ok(())
            })?;
        }
        Ok(Datum::Record(values))
    }

    fn plan(&mut self, pair: Pair, reader: &Record, writer: &Record) -> Read<Rc<Plan>> {
        if let Some(known) = self.plans.get(&pair) {
            return Ok(Rc::clone(known));
        }
        let aliases: usize = reader.fields.iter().map(|field| field.aliases.len()).sum();
        self.steps((aliases + reader.fields.len() + writer.fields.len()) as u64)?;
        let mut plan = Plan::new(reader, writer);
        if !plan.ambiguous.is_empty() && self.reader.says_the_same(self.writer) {
            // Who reads with the writer's own schema needs no alias.
            plan = Plan::of_itself(writer);
        }
        let plan = Rc::new(plan);
        self.plans.insert(pair, Rc::clone(&plan));
        Ok(plan)
    }

    /// What a field that the writer lacks holds.
    fn default(&mut self, pair: Pair, reader: &Record, index: u32) -> Read<Datum> {
        let field = &reader.fields[index as usize];
        let Some(default) = &field.default else {
            self.fail(pair, Cause::Clash(What::NoDefault(index)), None);
            return Ok(Datum::Null);
        };
        let before = self.left;
        match from_json(
            self.reader,
            field.type_id,
            default,
            Form::Default,
            &mut self.left,
        ) {
            Some(value) => Ok(value),
            None if before > 0 && self.left == 0 => {
                Err(Malformed("the defaults have too many parts"))
            }
            None => {
                self.fail(pair, Cause::BadDefault(index), None);
                Ok(Datum::Null)
            }
        }
    }

    fn symbol(&mut self, pair: Pair, reader: &Enum, writer: &Enum) -> Read<Datum> {
        if !reader.named.reads(&writer.named.name) {
            self.fail(pair, Cause::Clash(What::Name), None);
        }
        let symbol = usize::try_from(self.input.long()?)
            .ok()
            .and_then(|index| writer.symbols.get(index))
            .ok_or(Malformed("an enum has no such symbol"))?;
        self.steps(reader.symbols.len() as u64 / 8)?;
        let known = |wanted: &String| {
            (0..)
                .zip(&reader.symbols)
                .find(|(_, known)| *known == wanted)
        };
        let Some((index, _)) = known(symbol).or_else(|| known(reader.default.as_ref()?)) else {
            self.fail(pair, Cause::Clash(What::Symbols), Some(symbol));
            return Ok(Datum::Null);
        };
        Ok(Datum::Enum(index))
    }

    fn fixed(&mut self, pair: Pair, reader: &Fixed, writer: &Fixed) -> Read<Datum> {
        if !reader.named.reads(&writer.named.name) {
            self.fail(pair, Cause::Clash(What::Name), None);
        }
        if reader.size != writer.size {
            self.fail(pair, Cause::Clash(What::Size), None);
        }
        let bytes = self.input.take(writer.size as usize)?;
        self.steps(bytes.len() as u64 / 64)?;
        Ok(Datum::Fixed(bytes.to_vec()))
    }

    /// Reads over a value that nobody wants.
    fn skip(&mut self, writer: NodeId) -> Read<()> {
        self.descend()?;
        match self.writer.kind(writer) {
            Kind::Primitive(primitive) => drop(self.primitive(*primitive)?),
            Kind::Union(union) => {
                let branch = self.branch(&union.branches)?;
                self.skip(branch)?;
            }
            Kind::Record(record) => {
                for field in &record.fields {
                    self.skip(field.type_id)?;
                }
            }
            Kind::Enum(_) => drop(self.input.long()?),
            Kind::Fixed(fixed) => drop(self.input.take(fixed.size as usize)?),
            Kind::Array(inner) => self.skip_blocks(*inner, false)?,
            Kind::Map(inner) => self.skip_blocks(*inner, true)?,
            Kind::Forward => return Err(Malformed("the type was never defined")),
        }
        self.depth -= 1;
        Ok(())
    }

    fn skip_blocks(&mut self, inner: NodeId, has_keys: bool) -> Read<()> {
        loop {
            let count = self.input.block()?;
            if count == 0 {
                return Ok(());
            }
            for _ in 0..count {
                if has_keys {
                    self.input.prefixed()?;
                }
                self.skip(inner)?;
            }
        }
    }
}

/// What a primitive value becomes for a reader of another type.
#[expect(
    clippy::cast_precision_loss,
    reason = "the specification promotes long to float and double, whatever is lost"
)]
fn promote(value: Datum, to: Primitive) -> Datum {
    match (value, to) {
        (Datum::Int(value), Primitive::Long) => Datum::Long(value.into()),
        (Datum::Int(value), Primitive::Float) => Datum::Float(value as f32),
        (Datum::Int(value), Primitive::Double) => Datum::Double(value.into()),
        (Datum::Long(value), Primitive::Float) => Datum::Float(value as f32),
        (Datum::Long(value), Primitive::Double) => Datum::Double(value as f64),
        (Datum::Float(value), Primitive::Double) => Datum::Double(value.into()),
        (Datum::String(text), Primitive::Bytes) => Datum::Bytes(text.into_bytes()),
        // Any bytes may have been written; Java takes those that are no UTF-8 too.
        (Datum::Bytes(bytes), Primitive::String) => {
            Datum::String(String::from_utf8_lossy(&bytes).into_owned())
        }
        (value, _) => value,
    }
}
