//! The way from a field to what differs in the body of the message it holds, or of one further in.
//!
//! Pairs of bodies are looked at nearest first, so what is found takes the fewest messages inside each other.

use std::collections::{HashMap, HashSet};

use prost_reflect::{DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value};

use super::{Pair, confirm, oneofs, values};
use crate::explain::Witness;

/// Fields that are looked at for one witness.
const MAX_LOOKED_AT: usize = 300;
/// Messages inside each other. prost itself reads a hundred.
const MAX_DEPTH: usize = 32;

/// A value of a message field that does not arrive, because something in the body of its type changed.
pub(super) fn into_field(pair: &Pair, number: u32) -> Option<Witness> {
    let field = pair.writer.get_field(number)?;
    let bodies = bodies(&field, &pair.reader.get_field(number)?)?;
    let mut search = Search {
        root: pair.clone(),
        seen: HashSet::new(),
        steps: Vec::new(),
        left: MAX_LOOKED_AT,
    };
    search.enter(bodies, field, None);
    let mut next = 0;
    while next < search.steps.len() {
        if let Some(witness) = search.look_at(next) {
            return Some(witness);
        }
        next += 1;
    }
    search.other_meaning()
}

struct Search {
    root: Pair,
    seen: HashSet<(String, String)>,
    steps: Vec<Step>,
    left: usize,
}

/// Two bodies on the way.
struct Step {
    bodies: Pair,
    /// The writer's field that holds it, and the step that field is in.
    field: FieldDescriptor,
    parent: Option<usize>,
    depth: usize,
}

impl Search {
    fn enter(&mut self, bodies: Pair, field: FieldDescriptor, parent: Option<usize>) {
        let names = (
            bodies.writer.full_name().to_owned(),
            bodies.reader.full_name().to_owned(),
        );
        let depth = parent.map_or(1, |parent| self.steps[parent].depth + 1);
        if depth <= MAX_DEPTH && self.seen.insert(names) {
            self.steps.push(Step {
                bodies,
                field,
                parent,
                depth,
            });
        }
    }

    fn look_at(&mut self, at: usize) -> Option<Witness> {
        let bodies = self.steps[at].bodies.clone();
        // Under another name a message is another type, and owes its fields to nobody.
        let renamed = local_name(&bodies.writer) != local_name(&bodies.reader);
        for field in bodies.writer.fields() {
            self.left = self.left.checked_sub(1)?;
            let other = bodies.reader.get_field(field.number());
            if let Some(inner) = other.as_ref().and_then(|other| self::bodies(&field, other)) {
                self.enter(inner, field, Some(at));
                continue;
            }
            let breaks = match &other {
                Some(other) => !only_label_differs(&field, other),
                None => renamed || field.is_required() || leaves_oneof(&field, &bodies.reader),
            };
            let found = breaks.then(|| self.changed_value(at, &field)).flatten();
            if found.is_some() {
                return found;
            }
        }
        self.exclusion(at).or_else(|| self.missing(at))
    }

    /// A telling value of a field in a body.
    fn changed_value(&self, at: usize, field: &FieldDescriptor) -> Option<Witness> {
        let bodies = &self.steps[at].bodies;
        values::of(field).into_iter().find_map(|value| {
            let mut message = DynamicMessage::new(bodies.writer.clone());
            message.try_set_field(field, value).ok()?;
            if !confirm::is_changed(&message, &[field.number()], &bodies.reader)? {
                return None;
            }
            self.changed_inside(at, message)
        })
    }

    /// Two fields that exclude each other now.
    fn exclusion(&self, at: usize) -> Option<Witness> {
        let bodies = &self.steps[at].bodies;
        let mut oneofs = bodies.reader.oneofs().take(MAX_DEPTH);
        let (message, _) = oneofs.find_map(|one| oneofs::excluded(bodies, one.name()))?;
        self.changed_inside(at, message)
    }

    /// Whether what a body loses is lost from outside as well.
    fn changed_inside(&self, at: usize, message: DynamicMessage) -> Option<Witness> {
        let outermost = [self.steps.first()?.field.number()];
        confirm::changed(&self.wrapped(at, message)?, &outermost, &self.root.reader)
    }

    /// A field that the reader's body requires and the writer's may go without.
    fn missing(&self, at: usize) -> Option<Witness> {
        let bodies = &self.steps[at].bodies;
        let optional = |field: &FieldDescriptor| {
            let other = bodies.writer.get_field(field.number());
            field.is_required() && other.is_none_or(|other| !other.is_required())
        };
        let required = bodies
            .reader
            .fields()
            .take(values::MAX_FIELDS)
            .find(optional)?;
        let message = self.wrapped(at, DynamicMessage::new(bodies.writer.clone()))?;
        confirm::incomplete(&message, &self.root.reader, required.full_name())
    }

    /// A well-known type that became another with the same numbers: a time that is read as a duration.
    fn other_meaning(&self) -> Option<Witness> {
        let bodies = &self.steps.first()?.bodies;
        let known = |message: &MessageDescriptor| message.package_name() == "google.protobuf";
        if !known(&bodies.writer) && !known(&bodies.reader) {
            return None;
        }
        let Value::Message(message) = values::elements(&Kind::Message(bodies.writer.clone()))
            .into_iter()
            .next()?
        else {
            return None;
        };
        if !confirm::means_something_else(&message, &bodies.reader)? {
            return None;
        }
        confirm::read(self.wrapped(0, message)?, &self.root.reader)
    }

    /// A value of a body inside everything that leads to it.
    fn wrapped(&self, at: usize, message: DynamicMessage) -> Option<DynamicMessage> {
        let (mut message, mut at) = (message, Some(at));
        while let Some(step) = at.map(|at| &self.steps[at]) {
            let parent = step.parent.map_or(&self.root.writer, |parent| {
                &self.steps[parent].bodies.writer
            });
            let mut outer = DynamicMessage::new(parent.clone());
            let value = held(&step.field, Value::Message(message))?;
            outer.try_set_field(&step.field, value).ok()?;
            (message, at) = (outer, step.parent);
        }
        Some(message)
    }
}

/// A field's value with one message in it.
fn held(field: &FieldDescriptor, message: Value) -> Option<Value> {
    if !field.is_map() {
        return Some(if field.is_list() {
            Value::List(vec![message])
        } else {
            message
        });
    }
    // The key of any entry will do; only the value is another.
    let Value::Map(entries) = values::of(field).into_iter().next()? else {
        return None;
    };
    let key = entries.into_keys().next()?;
    Some(Value::Map(HashMap::from([(key, message)])))
}

/// The bodies that two fields hold, if both hold messages in the same way.
fn bodies(writer: &FieldDescriptor, reader: &FieldDescriptor) -> Option<Pair> {
    if writer.is_map() != reader.is_map() || writer.is_group() != reader.is_group() {
        return None;
    }
    let inside = |field: &FieldDescriptor| match field.kind() {
        Kind::Message(entry) if field.is_map() => match entry.map_entry_value_field().kind() {
            Kind::Message(message) => Some((Some(entry.map_entry_key_field().kind()), message)),
            _ => None,
        },
        Kind::Message(message) => Some((None, message)),
        _ => None,
    };
    let ((old_key, writer), (new_key, reader)) = (inside(writer)?, inside(reader)?);
    (old_key == new_key).then_some(Pair { writer, reader })
}

/// Whether a list became a single value in a way that the rules let pass: what is not numeric, or has no label.
fn only_label_differs(writer: &FieldDescriptor, reader: &FieldDescriptor) -> bool {
    if !writer.is_list() || reader.is_list() || writer.is_map() {
        return false;
    }
    let text = |field: &FieldDescriptor| matches!(field.kind(), Kind::String | Kind::Bytes);
    let labelled = reader
        .parent_message()
        .parent_file_descriptor_proto()
        .syntax()
        != "proto3"
        || reader.field_descriptor_proto().proto3_optional();
    let same_wire = text(writer) == text(reader) && !matches!(reader.kind(), Kind::Message(_));
    same_wire && (text(reader) || !labelled || oneofs::written_oneof(reader).is_some())
}

/// Whether a field is gone from a oneof that is still there, in name or in another member.
fn leaves_oneof(field: &FieldDescriptor, reader: &MessageDescriptor) -> bool {
    let Some(oneof) = field.containing_oneof().filter(|one| !one.is_synthetic()) else {
        return false;
    };
    let mut members = oneof.fields().take(values::MAX_FIELDS);
    reader
        .oneofs()
        .any(|one| one.name() == oneof.name() && !one.is_synthetic())
        || members.any(|member| reader.get_field(member.number()).is_some())
}

fn local_name(message: &MessageDescriptor) -> &str {
    let full = message.full_name();
    let package = message.package_name();
    full.strip_prefix(package)
        .and_then(|rest| rest.strip_prefix('.'))
        .unwrap_or(full)
}
