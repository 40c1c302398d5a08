//! Which part of a reader's schema reads which part of a writer's: fields of records and branches of unions.

use crate::avro::{
    finding::{Matched, match_field},
    tree::{AvroSchema, Kind, NodeId, Record},
};

/// How a reader's record is filled from a writer's.
pub(in crate::avro) struct Plan {
    /// For each field of the writer, the fields of the reader that read it.
    pub(in crate::avro) readers: Vec<Vec<u32>>,
    /// The fields of the reader that the writer lacks.
    pub(in crate::avro) missing: Vec<u32>,
    /// The fields of the reader that could read several of the writer's.
    pub(in crate::avro) ambiguous: Vec<u32>,
}

impl Plan {
    pub(in crate::avro) fn new(reader: &Record, writer: &Record) -> Self {
        let mut plan = Self {
            readers: vec![Vec::new(); writer.fields.len()],
            missing: Vec::new(),
            ambiguous: Vec::new(),
        };
        for (index, _) in (0..).zip(&reader.fields) {
            match match_field(reader, index, writer) {
                Matched::One(found) => plan.readers[found as usize].push(index),
                Matched::Missing => plan.missing.push(index),
                Matched::Several => plan.ambiguous.push(index),
            }
        }
        plan
    }

    /// Each field reads itself.
    pub(in crate::avro) fn of_itself(record: &Record) -> Self {
        Self {
            readers: (0..)
                .zip(&record.fields)
                .map(|(index, _)| vec![index])
                .collect(),
            missing: Vec::new(),
            ambiguous: Vec::new(),
        }
    }
}

/// The branch of a reader's union that reads what a writer that is no union wrote: by its index.
///
/// The specification takes the first branch that matches, with names compared without their namespace. Like Java, this
/// looks for the very same type first, so that an int is not read as the float before it, then for a name or alias that
/// matches, then for a promotion.
pub(in crate::avro) fn branch_for(
    reader: &AvroSchema,
    branches: &[NodeId],
    writer: &Kind,
) -> Option<u32> {
    let find = |wanted: &dyn Fn(&Kind) -> bool| {
        (0..)
            .zip(branches)
            .find(|(_, branch)| wanted(reader.kind(**branch)))
            .map(|(index, _)| index)
    };
    let same_type = |branch: &Kind| branch.type_name() == writer.type_name();
    find(&|branch| same_type(branch) && branch.full_name() == writer.full_name())
        .or_else(|| {
            let name = &writer.named()?.name;
            find(&|branch| {
                same_type(branch) && branch.named().is_some_and(|named| named.reads(name))
            })
        })
        .or_else(|| {
            find(&|branch| match (branch, writer) {
                (Kind::Primitive(branch), Kind::Primitive(writer)) => branch.reads(*writer),
                _ => false,
            })
        })
}
