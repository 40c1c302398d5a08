//! A text without its extensions: no `extend`, no ranges for them, and no options that are some.

use super::{
    canonical,
    parse::ProtobufSchema,
    tree::{Body, Enum, Setting},
};

impl ProtobufSchema {
    /// The canonical text without extensions.
    pub(crate) fn without_extensions(&self) -> String {
        let mut file = self.tree().clone();
        file.extends.clear();
        plain(&mut file.options);
        for message in &mut file.messages {
            body(&mut message.body);
        }
        file.enums.iter_mut().for_each(of_enum);
        for service in &mut file.services {
            plain(&mut service.options);
            for rpc in &mut service.rpcs {
                plain(&mut rpc.options);
            }
        }
        canonical::print(&file)
    }
}

fn body(inner: &mut Body) {
    inner.extends.clear();
    inner.extensions.clear();
    plain(&mut inner.options);
    for field in &mut inner.fields {
        plain(&mut field.options);
    }
    for oneof in &mut inner.oneofs {
        plain(&mut oneof.options);
        for field in &mut oneof.fields {
            plain(&mut field.options);
        }
        for group in &mut oneof.groups {
            plain(&mut group.options);
            body(&mut group.body);
        }
    }
    for group in &mut inner.groups {
        plain(&mut group.options);
        body(&mut group.body);
    }
    for message in &mut inner.messages {
        body(&mut message.body);
    }
    inner.enums.iter_mut().for_each(of_enum);
}

fn of_enum(inner: &mut Enum) {
    plain(&mut inner.options);
    for value in &mut inner.values {
        plain(&mut value.options);
    }
}

fn plain(options: &mut Vec<Setting>) {
    options.retain(|option| !option.name.iter().any(|part| part.extension));
}
