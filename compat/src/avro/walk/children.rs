//! The children of a pair, one after the other.

use super::{Child, Item, Walk, Work};
use crate::{
    TooComplex,
    avro::{
        finding::{Finding, Matched, What, match_field},
        tree::{Kind, Step},
    },
};

impl Walk<'_> {
    /// The next child of the topmost frame, if any is left.
    pub(super) fn next_child(&mut self) -> Result<Option<Child>, TooComplex> {
        let (readers, writers) = (self.reader, self.writer);
        let frame = self.top();
        let (reader, writer, index) = (frame.reader, frame.writer, frame.next);
        let writer_branch = |is_fresh| {
            writers.branch(writer, index).map(|writer| Child {
                reader,
                writer,
                step: Step::Branch(index),
                is_fresh,
            })
        };
        let child = match &frame.work {
            Work::Fields => return self.next_field(),
            &Work::Inner(reader, writer, step) => (index == 0).then_some(Child {
                reader,
                writer,
                step,
                is_fresh: false,
            }),
            Work::WriterBranches => writer_branch(false),
            Work::UnionPair => writer_branch(true),
            Work::ReaderBranches { found: true, .. } => None,
            Work::ReaderBranches { candidates, .. } => {
                let tried = match candidates {
                    Some(candidates) => candidates.get(index as usize).copied(),
                    None => Some(index),
                };
                tried.and_then(|index| {
                    readers.branch(reader, index).map(|reader| Child {
                        reader,
                        writer,
                        step: Step::Branch(index),
                        is_fresh: true,
                    })
                })
            }
        };
        frame.next += 1;
        Ok(child)
    }

    /// The next field of the reader's record that the writer has; those it lacks are judged on the way.
    fn next_field(&mut self) -> Result<Option<Child>, TooComplex> {
        let frame = self
            .frames
            .last_mut()
            .expect("a frame is open while its children are visited");
        let (Kind::Record(reader), Kind::Record(writer)) = (
            self.reader.kind(frame.reader),
            self.writer.kind(frame.writer),
        ) else {
            return Ok(None);
        };
        while let Some(field) = reader.fields.get(frame.next as usize) {
            let index = frame.next;
            frame.next += 1;
            self.budget.steps(1 + field.aliases.len() as u64)?;
            let location = frame.location;
            let child = |writer| Child {
                reader: field.type_id,
                writer,
                step: Step::Field(index),
                is_fresh: false,
            };
            let what = match match_field(reader, index, writer) {
                Matched::One(found) => {
                    return Ok(Some(child(writer.fields[found as usize].type_id)));
                }
                Matched::Several => {
                    self.ambiguous.push(Finding {
                        what: What::Ambiguous(index),
                        location,
                    });
                    What::Ambiguous(index)
                }
                Matched::Missing if field.default.is_some() => continue,
                // Java compares such an enum with the whole record, and so reports a type mismatch.
                Matched::Missing if has_default_symbol(self.reader.kind(field.type_id)) => {
                    return Ok(Some(child(frame.writer)));
                }
                Matched::Missing => What::NoDefault(index),
            };
            frame.items.push(Item::One(Finding { what, location }));
        }
        Ok(None)
    }
}

fn has_default_symbol(kind: &Kind) -> bool {
    matches!(kind, Kind::Enum(symbols) if symbols.default.is_some())
}
