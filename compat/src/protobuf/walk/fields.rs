//! Fields: matched by number over the whole message, in a oneof or not.

use std::collections::HashSet;

use super::{FieldPair, Finding, Import, Pair, Task, Walk, rules};
use crate::protobuf::{
    model::{Field, FieldType, Message, Model},
    tree::Label,
    types::Wire,
};
use crate::{Rule, TooComplex};

impl<'a> Walk<'a> {
    pub(super) fn fields(
        &mut self,
        pair: Pair,
        writer: &'a Message,
        reader: &'a Message,
    ) -> Result<(), TooComplex> {
        let deleted = deleted_oneofs(writer, reader);
        let first_import = self.tasks.len();
        let mut old = writer.fields.iter().peekable();
        let mut new = reader.fields.iter().peekable();
        loop {
            self.budget.step()?;
            match (old.peek(), new.peek()) {
                (None, None) => break,
                (Some(one), other) if other.is_none_or(|other| one.number < other.number) => {
                    self.removed(pair, one, &deleted);
                    old.next();
                }
                (one, Some(other)) if one.is_none_or(|one| other.number < one.number) => {
                    self.added(pair, other);
                    new.next();
                }
                _ => {
                    if let (Some(writer), Some(reader)) = (old.next(), new.next()) {
                        self.field(FieldPair {
                            messages: pair,
                            writer,
                            reader,
                        })?;
                    }
                }
            }
        }
        // Tasks are taken from the end; the fields' imports shall be walked in the order of the fields.
        self.tasks[first_import..].reverse();
        Ok(())
    }

    fn removed(&mut self, pair: Pair, field: &Field, deleted: &[bool]) {
        match field.oneof {
            Some(oneof) if deleted[oneof] => {}
            Some(_) => self.add_one(&rules::ONEOF_FIELD_REMOVED, pair, Some(field), None),
            None if field.label == Some(Label::Required) => {
                self.add_one(&rules::REQUIRED_FIELD_REMOVED, pair, Some(field), None);
            }
            None => self.add_one(&rules::FIELD_REMOVED, pair, Some(field), None),
        }
    }

    fn added(&mut self, pair: Pair, field: &Field) {
        let rule = match field.oneof {
            Some(_) => &rules::ONEOF_FIELD_ADDED,
            None if field.label == Some(Label::Required) => &rules::REQUIRED_FIELD_ADDED,
            None => &rules::FIELD_ADDED,
        };
        self.add_one(rule, pair, None, Some(field));
    }

    fn field(&mut self, pair: FieldPair<'a>) -> Result<(), TooComplex> {
        let (writer, reader) = (pair.writer, pair.reader);
        if writer.oneof.is_some() && reader.oneof.is_none() {
            self.add_one(
                &rules::ONEOF_FIELD_MOVED_TO_TOP_LEVEL,
                pair.messages,
                Some(writer),
                Some(reader),
            );
        }
        if writer.name != reader.name {
            let detail = format!("\"{}\" became \"{}\"", writer.name, reader.name);
            self.add_field(&rules::FIELD_NAME_CHANGED, pair, detail);
        }
        let labels = (writer.label, reader.label);
        self.compare_types(pair, labels, &writer.type_, &reader.type_)
    }

    fn compare_types(
        &mut self,
        pair: FieldPair<'a>,
        labels: (Option<Label>, Option<Label>),
        writer: &FieldType,
        reader: &FieldType,
    ) -> Result<(), TooComplex> {
        self.budget.step()?;
        match (writer, reader) {
            (FieldType::Map(old_key, old_value), FieldType::Map(new_key, new_value)) => {
                if old_key.wire() != new_key.wire() {
                    let detail = format!("{} became {}", old_key.keyword(), new_key.keyword());
                    self.add_field(&rules::FIELD_SCALAR_KIND_CHANGED, pair, detail);
                }
                // Entries have no labels of their own, and no maps in them: this goes one level deep.
                self.compare_types(pair, (None, None), old_value, new_value)?;
            }
            (FieldType::Message(old), FieldType::Message(new)) => {
                self.compare_messages(
                    pair,
                    Pair {
                        writer: *old,
                        reader: *new,
                    },
                );
            }
            (FieldType::Group(old), FieldType::Group(new)) => {
                // The bodies are walked with the nested types of the message.
                if self.writer.messages[*old].local != self.reader.messages[*new].local {
                    let detail = self.change(writer, reader);
                    self.add_field(&rules::FIELD_NAMED_TYPE_CHANGED, pair, detail);
                }
            }
            _ => match (writer.wire(), reader.wire()) {
                (Some(old), Some(new)) if old != new => {
                    let detail = self.change(writer, reader);
                    self.add_field(&rules::FIELD_SCALAR_KIND_CHANGED, pair, detail);
                }
                (Some(wire), Some(_)) => self.compare_labels(pair, labels, wire),
                _ => {
                    let detail = self.change(writer, reader);
                    self.add_field(&rules::FIELD_KIND_CHANGED, pair, detail);
                }
            },
        }
        Ok(())
    }

    fn compare_labels(
        &mut self,
        pair: FieldPair<'a>,
        labels: (Option<Label>, Option<Label>),
        wire: Wire,
    ) {
        let (Some(old), Some(new)) = labels else {
            return;
        };
        if old == new {
            return;
        }
        let rule = if wire == Wire::Bytes {
            &rules::FIELD_STRING_OR_BYTES_LABEL_CHANGED
        } else {
            &rules::FIELD_NUMERIC_LABEL_CHANGED
        };
        let detail = format!("{} became {}", old.keyword(), new.keyword());
        self.add_field(rule, pair, detail);
    }

    fn compare_messages(&mut self, pair: FieldPair<'a>, types: Pair) {
        let writer = &self.writer.messages[types.writer];
        let reader = &self.reader.messages[types.reader];
        if writer.local != reader.local {
            let detail = format!("{} became {}", writer.local, reader.local);
            self.add_field(&rules::FIELD_NAMED_TYPE_CHANGED, pair, detail);
            return;
        }
        // Types of the two texts themselves are walked where they are declared, and equal imports cannot differ.
        let same_origin = writer.origin == reader.origin;
        if !same_origin {
            self.tasks.push(Task::Import(Import {
                pair: types,
                field: pair,
            }));
        }
    }

    /// The type of a field has a body elsewhere, and that changed.
    pub(super) fn add_named_type_changed(&mut self, import: Import<'a>) {
        let name = &self.writer.messages[import.pair.writer].local;
        let detail = format!("the imported message {name} changed incompatibly");
        self.add_field(&rules::FIELD_NAMED_TYPE_CHANGED, import.field, detail);
    }

    fn add_field(&mut self, rule: &'static Rule, pair: FieldPair<'_>, detail: String) {
        self.add_at(
            rule,
            pair.messages,
            Some(pair.writer),
            Some(pair.reader),
            detail,
        );
    }

    /// A difference that consists in the field's being there.
    fn add_one(
        &mut self,
        rule: &'static Rule,
        messages: Pair,
        writer: Option<&Field>,
        reader: Option<&Field>,
    ) {
        let name = reader.or(writer).map(|field| field.name.clone());
        self.add_at(rule, messages, writer, reader, name.unwrap_or_default());
    }

    fn add_at(
        &mut self,
        rule: &'static Rule,
        messages: Pair,
        writer: Option<&Field>,
        reader: Option<&Field>,
        detail: String,
    ) {
        let old = &self.writer.messages[messages.writer];
        let new = &self.reader.messages[messages.reader];
        // The path is that of the field's present place: the update's, or the original's for a field that is gone.
        let (message, field) = match (reader, writer) {
            (Some(field), _) => (new, field),
            (None, Some(field)) => (old, field),
            (None, None) => return,
        };
        let mut path = self.path(Some(messages));
        if let Some(oneof) = field.oneof {
            path.push('/');
            path += &message.oneofs[oneof];
        }
        let place = |message: &Message, field: Option<&Field>| match field {
            Some(field) => format!("{}.{}", message.full, field.name),
            None => message.full.clone(),
        };
        let finding = Finding {
            rule,
            path: format!("{path}/{}", field.number),
            detail,
            writer_place: place(old, writer),
            reader_place: place(new, reader),
        };
        self.add(finding);
    }

    fn change(&self, writer: &FieldType, reader: &FieldType) -> String {
        format!(
            "{} became {}",
            writer.describe(self.writer),
            reader.describe(self.reader)
        )
    }
}

/// Which oneofs of the writer are gone with all their members: that is no loss of a member.
fn deleted_oneofs(writer: &Message, reader: &Message) -> Vec<bool> {
    let kept: HashSet<&str> = reader.oneofs.iter().map(String::as_str).collect();
    let mut deleted: Vec<bool> = writer
        .oneofs
        .iter()
        .map(|name| !kept.contains(name.as_str()))
        .collect();
    for field in &writer.fields {
        let survives = || {
            reader
                .fields
                .binary_search_by_key(&field.number, |new| new.number)
                .is_ok()
        };
        if let Some(oneof) = field.oneof
            && deleted[oneof]
            && survives()
        {
            deleted[oneof] = false;
        }
    }
    deleted
}

impl FieldType {
    /// How a single value is encoded. Enums count as numbers; messages, groups and maps are no scalars.
    fn wire(&self) -> Option<Wire> {
        match self {
            Self::Scalar(scalar) => Some(scalar.wire()),
            Self::Enum(_) => Some(Wire::Varint),
            Self::Message(_) | Self::Group(_) | Self::Map(..) => None,
        }
    }

    fn describe(&self, model: &Model) -> String {
        match self {
            Self::Scalar(scalar) => scalar.keyword().to_owned(),
            Self::Enum(name) => format!("enum {name}"),
            Self::Message(id) => format!("message {}", model.messages[*id].local),
            Self::Group(id) => format!("group {}", model.messages[*id].local),
            Self::Map(key, value) => format!("map<{}, {}>", key.keyword(), value.describe(model)),
        }
    }
}
