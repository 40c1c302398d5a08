//! The smallest value of each type, and the smallest one that takes a given way.
//!
//! A type's weight is what its smallest value takes in bytes and parts. Weights settle in growing order (Knuth's
//! generalisation of Dijkstra's algorithm), so a recursive type leaves through its shortest exit, and one without exit
//! never gets a weight.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{WEIGHT_LIMIT, trail::Move};
use crate::avro::{
    tree::{AvroSchema, Kind, NodeId, Primitive},
    value::{DEPTH_LIMIT, Datum},
};

/// The smallest values of a schema's types.
pub(in crate::avro) struct Smallest<'a> {
    schema: &'a AvroSchema,
    weights: Vec<Option<u64>>,
}

impl<'a> Smallest<'a> {
    pub(in crate::avro) fn of(schema: &'a AvroSchema) -> Self {
        Self {
            schema,
            weights: Weighing::new(schema).run(),
        }
    }

    /// What the smallest value takes; nothing for a type without finite values.
    pub(in crate::avro) fn weight(&self, id: NodeId) -> Option<u64> {
        self.weights[id as usize]
    }

    /// The smallest value of the schema that takes the way.
    pub(super) fn along(&self, moves: &[Move]) -> Option<Datum> {
        self.value(self.schema.root, moves, 0)
    }

    fn value(&self, id: NodeId, moves: &[Move], depth: usize) -> Option<Datum> {
        if depth == DEPTH_LIMIT || self.weight(id)? > WEIGHT_LIMIT {
            return None;
        }
        let depth = depth + 1;
        let (next, rest) = match moves.split_first() {
            Some((next, rest)) => (Some(*next), rest),
            None => (None, moves),
        };
        Some(match (self.schema.kind(id), next) {
            (Kind::Primitive(primitive), _) => of_primitive(*primitive),
            (Kind::Fixed(fixed), _) => Datum::Fixed(vec![0; fixed.size as usize]),
            (Kind::Enum(_), Some(Move::Symbol(index))) => Datum::Enum(index),
            (Kind::Enum(_), _) => Datum::Enum(0),
            (Kind::Array(inner), Some(Move::Item)) => {
                Datum::Array(vec![self.value(*inner, rest, depth)?])
            }
            (Kind::Array(_), _) => Datum::Array(Vec::new()),
            (Kind::Map(inner), Some(Move::Entry)) => {
                Datum::Map(vec![(String::new(), self.value(*inner, rest, depth)?)])
            }
            (Kind::Map(_), _) => Datum::Map(Vec::new()),
            (Kind::Record(record), _) => {
                let fields = (0_u32..).zip(&record.fields).map(|(index, field)| {
                    let on_the_way = next == Some(Move::Field(index));
                    self.value(field.type_id, if on_the_way { rest } else { &[] }, depth)
                });
                Datum::Record(fields.collect::<Option<_>>()?)
            }
            (Kind::Union(union), _) => {
                let index = match next {
                    Some(Move::Branch(index)) => index,
                    _ => self.lightest(&union.branches)?,
                };
                let branch = self.schema.branch(id, index)?;
                Datum::Union(index, Box::new(self.value(branch, rest, depth)?))
            }
            (Kind::Forward, _) => return None,
        })
    }

    /// The first of the branches with the smallest value.
    fn lightest(&self, branches: &[NodeId]) -> Option<u32> {
        (0..)
            .zip(branches)
            .filter_map(|(index, branch)| Some((self.weight(*branch)?, index)))
            .min()
            .map(|(_, index)| index)
    }
}

fn of_primitive(primitive: Primitive) -> Datum {
    match primitive {
        Primitive::Null => Datum::Null,
        Primitive::Boolean => Datum::Boolean(false),
        Primitive::Int => Datum::Int(0),
        Primitive::Long => Datum::Long(0),
        Primitive::Float => Datum::Float(0.0),
        Primitive::Double => Datum::Double(0.0),
        Primitive::Bytes => Datum::Bytes(Vec::new()),
        Primitive::String => Datum::String(String::new()),
    }
}

/// Weights on their way to being settled.
struct Weighing<'a> {
    schema: &'a AvroSchema,
    weights: Vec<Option<u64>>,
    /// The records and unions that use a type, once for each use.
    users: Vec<Vec<NodeId>>,
    /// What the settled fields of a record weigh, and how many are not settled yet.
    fields: Vec<(u64, usize)>,
    heap: BinaryHeap<Reverse<(u64, NodeId)>>,
}

impl<'a> Weighing<'a> {
    fn new(schema: &'a AvroSchema) -> Self {
        let count = schema.nodes.len();
        let mut weighing = Self {
            schema,
            weights: vec![None; count],
            users: vec![Vec::new(); count],
            fields: vec![(1, 0); count],
            heap: BinaryHeap::new(),
        };
        for (id, node) in (0..).zip(&schema.nodes) {
            weighing.start(id, &node.kind);
        }
        weighing
    }

    fn start(&mut self, id: NodeId, kind: &Kind) {
        let weight = match kind {
            Kind::Primitive(Primitive::Null) => 1,
            Kind::Primitive(Primitive::Float) => 5,
            Kind::Primitive(Primitive::Double) => 9,
            Kind::Primitive(_) | Kind::Array(_) | Kind::Map(_) | Kind::Enum(_) => 2,
            Kind::Fixed(fixed) => 1 + u64::from(fixed.size),
            Kind::Record(record) if record.fields.is_empty() => 1,
            Kind::Record(record) => {
                for field in &record.fields {
                    self.users[field.type_id as usize].push(id);
                }
                self.fields[id as usize].1 = record.fields.len();
                return;
            }
            Kind::Union(union) => {
                for &branch in &union.branches {
                    self.users[branch as usize].push(id);
                }
                return;
            }
            Kind::Forward => return,
        };
        self.heap.push(Reverse((weight, id)));
    }

    fn run(mut self) -> Vec<Option<u64>> {
        while let Some(Reverse((weight, id))) = self.heap.pop() {
            if self.weights[id as usize].is_some() {
                continue;
            }
            self.weights[id as usize] = Some(weight);
            for user in std::mem::take(&mut self.users[id as usize]) {
                self.settle(user, weight);
            }
        }
        self.weights
    }

    /// Tells a record or a union what one of its types weighs.
    fn settle(&mut self, user: NodeId, weight: u64) {
        if let Kind::Union(_) = self.schema.kind(user) {
            self.heap.push(Reverse((weight.saturating_add(2), user)));
            return;
        }
        let (sum, open) = &mut self.fields[user as usize];
        *sum = sum.saturating_add(weight);
        *open -= 1;
        if *open == 0 {
            self.heap.push(Reverse((*sum, user)));
        }
    }
}
