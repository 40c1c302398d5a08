//! Bounds what full names add up to. A short text can have long ones: each declaration inside nested messages of long
//! names carries all of them, and each reference to such a declaration does again once it is resolved.

use super::{
    limits::MAX_FULL_NAMES,
    tree::{Body, Enum, Extend, Field, File, Group},
};
use crate::SchemaError;

/// Refuses a text whose full names take more room than is reasonable.
pub(super) fn bounded(file: &File) -> Result<(), SchemaError> {
    let mut count = Count::default();
    let scope = file.package.as_ref().map_or(0, String::len) + 1;
    for message in &file.messages {
        count.body(scope + message.name.len() + 1, &message.body);
    }
    file.enums
        .iter()
        .for_each(|one| count.enumeration(scope, one));
    file.extends.iter().for_each(|one| count.extend(scope, one));
    for service in &file.services {
        count.declared(scope + service.name.len());
        for rpc in &service.rpcs {
            count.declared(scope + service.name.len() + rpc.name.len());
            count.references += 2;
        }
    }
    let resolved = count.longest.saturating_mul(count.references);
    if count.sum > MAX_FULL_NAMES || resolved > MAX_FULL_NAMES {
        return Err(SchemaError(format!(
            "the full names add up to {} bytes, and those referred to to {resolved}, more than the limit of \
             {MAX_FULL_NAMES}; shorten the names of the package and the outer messages",
            count.sum
        )));
    }
    Ok(())
}

#[derive(Default)]
struct Count {
    /// Of everything declared.
    sum: usize,
    /// The longest name of a type.
    longest: usize,
    /// Fields and methods that refer to a type.
    references: usize,
}

impl Count {
    fn declared(&mut self, length: usize) {
        self.sum += length;
    }

    fn type_(&mut self, length: usize) {
        self.declared(length);
        self.longest = self.longest.max(length);
    }

    /// `scope` is the length of the full name with a dot after it.
    fn body(&mut self, scope: usize, body: &Body) {
        self.type_(scope);
        self.fields(scope, &body.fields);
        self.groups(scope, &body.groups);
        for oneof in &body.oneofs {
            self.declared(scope + oneof.name.len());
            self.fields(scope, &oneof.fields);
            self.groups(scope, &oneof.groups);
        }
        body.extends.iter().for_each(|one| self.extend(scope, one));
        for message in &body.messages {
            self.body(scope + message.name.len() + 1, &message.body);
        }
        body.enums
            .iter()
            .for_each(|one| self.enumeration(scope, one));
    }

    fn fields(&mut self, scope: usize, fields: &[Field]) {
        for field in fields {
            self.declared(scope + field.name.len());
            self.references += 1;
        }
    }

    fn groups(&mut self, scope: usize, groups: &[Group]) {
        for group in groups {
            self.references += 1;
            self.body(scope + group.name.len() + 1, &group.body);
        }
    }

    fn extend(&mut self, scope: usize, extend: &Extend) {
        // Each extension refers to what it extends.
        self.references += extend.fields.len() + extend.groups.len();
        self.fields(scope, &extend.fields);
        self.groups(scope, &extend.groups);
    }

    fn enumeration(&mut self, scope: usize, one: &Enum) {
        self.type_(scope + one.name.len());
        for value in &one.values {
            self.declared(scope + value.name.len());
        }
    }
}
