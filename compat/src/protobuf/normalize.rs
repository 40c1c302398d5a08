//! Rewrites a tree so that texts which mean the same print the same: names in full, statements in one order, numbers in
//! one spelling. The order of messages stays, because the indexes in a payload's header count them.

use super::{
    merge,
    resolve::Names,
    tree::{
        Body, Enum, Extend, Extensions, Field, FieldType, File, Group, Import, Message, Oneof,
        Range, RangeEnd, Reserved, Setting, Syntax,
    },
};

/// Rewrites a file.
pub(super) fn normalize(mut file: File, names: &Names) -> File {
    let scope = file.package.clone().unwrap_or_default();
    if file.syntax == Some(Syntax::Proto2) {
        file.syntax = None;
    }
    file.imports = imports(file.imports);
    let rewrite = Rewrite { names };
    rewrite.settings(&mut file.options, &scope);
    file.extends = rewrite.extends(file.extends, &scope);
    for message in &mut file.messages {
        rewrite.message(message, &scope);
    }
    for one in &mut file.enums {
        rewrite.enumeration(one, &scope);
    }
    for service in &mut file.services {
        rewrite.settings(&mut service.options, &scope);
        for rpc in &mut service.rpcs {
            rpc.input.type_ = names.type_(&rpc.input.type_, &scope);
            rpc.output.type_ = names.type_(&rpc.output.type_, &scope);
            rewrite.settings(&mut rpc.options, &scope);
        }
    }
    file
}

fn imports(mut imports: Vec<Import>) -> Vec<Import> {
    imports.sort();
    imports.dedup();
    imports
}

struct Rewrite<'a> {
    names: &'a Names,
}

impl Rewrite<'_> {
    fn settings(&self, settings: &mut Vec<Setting>, scope: &str) {
        *settings = merge::settings(std::mem::take(settings), self.names, scope);
    }

    fn message(&self, message: &mut Message, scope: &str) {
        let inner = within(scope, &message.name);
        self.body(&mut message.body, &inner);
    }

    fn body(&self, body: &mut Body, scope: &str) {
        body.reserved = single_reserved(std::mem::take(&mut body.reserved));
        self.settings(&mut body.options, scope);
        self.fields(&mut body.fields, scope);
        for oneof in &mut body.oneofs {
            self.settings(&mut oneof.options, scope);
            self.fields(&mut oneof.fields, scope);
            self.groups(&mut oneof.groups, scope);
        }
        body.oneofs.sort_by_key(first_number);
        self.groups(&mut body.groups, scope);
        body.extensions = self.extensions(std::mem::take(&mut body.extensions), scope);
        body.extends = self.extends(std::mem::take(&mut body.extends), scope);
        for message in &mut body.messages {
            self.message(message, scope);
        }
        for one in &mut body.enums {
            self.enumeration(one, scope);
        }
    }

    fn fields(&self, fields: &mut [Field], scope: &str) {
        for field in &mut *fields {
            match &mut field.type_ {
                FieldType::Plain(name) => *name = self.names.type_(name, scope),
                FieldType::Map { value, .. } => *value = self.names.type_(value, scope),
            }
            self.settings(&mut field.options, scope);
        }
        fields.sort_by_key(|field| field.number);
    }

    fn groups(&self, groups: &mut [Group], scope: &str) {
        for group in &mut *groups {
            self.settings(&mut group.options, scope);
            self.body(&mut group.body, &within(scope, &group.name));
        }
        groups.sort_by_key(|group| group.number);
    }

    fn extensions(&self, extensions: Vec<Extensions>, scope: &str) -> Vec<Extensions> {
        let mut single = Vec::new();
        for mut one in extensions {
            self.settings(&mut one.options, scope);
            for range in one.ranges {
                single.push(Extensions {
                    ranges: vec![shortest(range)],
                    options: one.options.clone(),
                });
            }
        }
        single.sort_by_key(|one| one.ranges.first().map(|range| range.start));
        single
    }

    /// One block for each extended message, in the order of their first blocks.
    fn extends(&self, extends: Vec<Extend>, scope: &str) -> Vec<Extend> {
        let mut merged: Vec<Extend> = Vec::new();
        for mut extend in extends {
            extend.extendee = self.names.type_(&extend.extendee, scope);
            match merged
                .iter_mut()
                .find(|other| other.extendee == extend.extendee)
            {
                Some(other) => {
                    other.fields.append(&mut extend.fields);
                    other.groups.append(&mut extend.groups);
                }
                None => merged.push(extend),
            }
        }
        for extend in &mut merged {
            self.fields(&mut extend.fields, scope);
            self.groups(&mut extend.groups, scope);
        }
        merged
    }

    /// The first constant stays first: it is the default, and proto3 wants it to be zero.
    fn enumeration(&self, one: &mut Enum, scope: &str) {
        // An enum is no scope of its own: its constants are siblings of it.
        one.reserved = single_reserved(std::mem::take(&mut one.reserved));
        self.settings(&mut one.options, scope);
        for value in &mut one.values {
            self.settings(&mut value.options, scope);
        }
        if let Some((first, rest)) = one.values.split_first_mut() {
            rest.sort_by(|a, b| (a.number, &a.name).cmp(&(b.number, &b.name)));
            // Aliases of the first constant are ordered with it by their names, as they are elsewhere.
            let aliases = rest
                .iter()
                .take_while(|value| value.number == first.number)
                .count();
            one.values[..=aliases].sort_by(|a, b| a.name.cmp(&b.name));
        }
    }
}

fn within(scope: &str, name: &str) -> String {
    if scope.is_empty() {
        name.to_owned()
    } else {
        format!("{scope}.{name}")
    }
}

fn first_number(oneof: &Oneof) -> i64 {
    let fields = oneof.fields.iter().map(|field| field.number);
    let groups = oneof.groups.iter().map(|group| group.number);
    fields.chain(groups).min().unwrap_or(i64::MAX)
}

/// One statement for each range and then each name, in order.
fn single_reserved(reserved: Vec<Vec<Reserved>>) -> Vec<Vec<Reserved>> {
    let mut items: Vec<Reserved> = reserved
        .into_iter()
        .flatten()
        .map(|item| match item {
            Reserved::Range(range) => Reserved::Range(shortest(range)),
            name @ Reserved::Name(_) => name,
        })
        .collect();
    items.sort_by(|a, b| match (a, b) {
        (Reserved::Range(a), Reserved::Range(b)) => a.start.cmp(&b.start),
        (Reserved::Range(_), Reserved::Name(_)) => std::cmp::Ordering::Less,
        (Reserved::Name(_), Reserved::Range(_)) => std::cmp::Ordering::Greater,
        (Reserved::Name(a), Reserved::Name(b)) => a.cmp(b),
    });
    items.into_iter().map(|item| vec![item]).collect()
}

/// `5 to 5` is `5`.
fn shortest(range: Range) -> Range {
    match range.end {
        RangeEnd::At(end) if end == range.start => Range {
            end: RangeEnd::Start,
            ..range
        },
        _ => range,
    }
}
