//! What a check needs of a text: its messages and enums with every type resolved, those of its imports as far as its
//! fields reach, and nothing else. Types are numbers here, so a walk follows them without looking up names.

use std::{collections::HashMap, sync::Arc};

use md5::{Digest, Md5};
use prost_reflect::{
    DescriptorPool,
    prost_types::{
        DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
        MessageOptions,
        field_descriptor_proto::{Label as ProtoLabel, Type},
    },
};

use super::{compile::Compiled, tree::Label, types::Scalar};

/// A position in [`Model::messages`].
pub(super) type MessageId = usize;

#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) package: Option<String>,
    /// The types of the text itself at its top level.
    pub(super) top: Types,
    pub(super) messages: Vec<Message>,
}

/// The types declared side by side in one place.
#[derive(Debug, Default)]
pub(super) struct Types {
    /// In the order of declaration; bodies of groups come last and count as no message of their own.
    pub(super) messages: Vec<MessageId>,
    pub(super) enums: Vec<Enum>,
}

#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) name: String,
    /// The name with its package.
    pub(super) full: String,
    /// The name without its package.
    pub(super) local: String,
    /// The text that declares it.
    pub(super) origin: Origin,
    /// The body of a group.
    pub(super) group: bool,
    /// By number.
    pub(super) fields: Vec<Field>,
    pub(super) oneofs: Vec<String>,
    pub(super) types: Types,
}

/// Where a message was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Origin {
    /// In the text itself.
    #[default]
    Own,
    /// In an import. Equal fingerprints mean equal texts, down to what they import.
    Import([u8; 16]),
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) number: i32,
    pub(super) name: String,
    /// As written: none on map fields, members of oneofs, and proto3 fields without one.
    pub(super) label: Option<Label>,
    pub(super) type_: FieldType,
    /// A position in [`Message::oneofs`].
    pub(super) oneof: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FieldType {
    Scalar(Scalar),
    /// The full name.
    Enum(String),
    Message(MessageId),
    Group(MessageId),
    Map(Scalar, Box<FieldType>),
}

#[derive(Debug)]
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) full: String,
    /// By number; of several names for a number, the last.
    pub(super) values: Vec<(i32, String)>,
}

/// Builds the model of a compiled text.
pub(super) fn model(compiled: &Compiled) -> Model {
    let prints = fingerprints(&compiled.pool, &compiled.root, &compiled.texts);
    let files: Vec<&FileDescriptorProto> = compiled.pool.file_descriptor_protos().collect();
    let mut declared = HashMap::new();
    for &file in &files {
        let origin = match file.name() {
            name if name == compiled.root => Origin::Own,
            name => Origin::Import(prints.get(name).copied().unwrap_or_default()),
        };
        declare(
            file,
            file.package(),
            &file.message_type,
            origin,
            &mut declared,
        );
    }
    let mut build = Build {
        declared,
        ids: HashMap::new(),
        waiting: Vec::new(),
        model: Model::default(),
    };
    let Some(root) = files.iter().find(|file| file.name() == compiled.root) else {
        return build.model;
    };
    build.model.package.clone_from(&root.package);
    build.model.top = build.types(root.package(), &root.message_type, &root.enum_type, &[]);
    build.mark_groups_of_extensions(&root.extension);
    while let Some((id, declaration)) = build.waiting.pop() {
        let message = build.message(&declaration);
        let group = build.model.messages[id].group;
        build.model.messages[id] = Message { group, ..message };
    }
    build.model
}

/// A message as declared somewhere.
#[derive(Clone)]
struct Declaration<'a> {
    proto: &'a DescriptorProto,
    package: &'a str,
    full: String,
    origin: Origin,
    proto3: bool,
}

fn declare<'a>(
    file: &'a FileDescriptorProto,
    scope: &str,
    messages: &'a [DescriptorProto],
    origin: Origin,
    found: &mut HashMap<String, Declaration<'a>>,
) {
    for proto in messages {
        let full = join(scope, proto.name());
        declare(file, &full, &proto.nested_type, origin, found);
        let declaration = Declaration {
            proto,
            package: file.package(),
            full: full.clone(),
            origin,
            proto3: file.syntax() == "proto3",
        };
        found.insert(full, declaration);
    }
}

fn join(scope: &str, name: &str) -> String {
    if scope.is_empty() {
        name.to_owned()
    } else {
        format!("{scope}.{name}")
    }
}

struct Build<'a> {
    declared: HashMap<String, Declaration<'a>>,
    ids: HashMap<String, MessageId>,
    waiting: Vec<(MessageId, Declaration<'a>)>,
    model: Model,
}

impl Build<'_> {
    /// The number of a message, which is given on first sight and filled in later.
    fn id(&mut self, full: &str) -> MessageId {
        let full = full.strip_prefix('.').unwrap_or(full);
        if let Some(&id) = self.ids.get(full) {
            return id;
        }
        let id = self.model.messages.len();
        self.ids.insert(full.to_owned(), id);
        self.model.messages.push(Message::default());
        if let Some(declaration) = self.declared.get(full) {
            self.waiting.push((id, declaration.clone()));
        }
        id
    }

    fn message(&mut self, declaration: &Declaration<'_>) -> Message {
        let proto = declaration.proto;
        let full = &declaration.full;
        let (oneofs, members) = oneofs(proto);
        let mut fields: Vec<Field> = proto
            .field
            .iter()
            .zip(members)
            .map(|(field, oneof)| self.field(field, oneof, declaration.proto3))
            .collect();
        fields.sort_by_key(|field| field.number);
        let types = self.types(full, &proto.nested_type, &proto.enum_type, &proto.field);
        self.mark_groups_of_extensions(&proto.extension);
        Message {
            name: proto.name().to_owned(),
            local: local(full, declaration.package).to_owned(),
            full: full.clone(),
            origin: declaration.origin,
            group: false,
            fields,
            oneofs,
            types,
        }
    }

    /// The types declared in a scope. Entries of maps are part of their field; so are groups, but they have a body of
    /// their own to be walked.
    fn types(
        &mut self,
        scope: &str,
        messages: &[DescriptorProto],
        enums: &[EnumDescriptorProto],
        fields: &[FieldDescriptorProto],
    ) -> Types {
        for group in fields.iter().filter(|field| field.r#type() == Type::Group) {
            let id = self.id(group.type_name());
            self.model.messages[id].group = true;
        }
        let messages = messages
            .iter()
            .filter(|message| !is_map_entry(message))
            .map(|message| self.id(&join(scope, message.name())))
            .collect();
        Types {
            messages,
            enums: enums
                .iter()
                .map(|proto| enumeration(scope, proto))
                .collect(),
        }
    }

    /// A group may be declared by an extension; its body then stands beside the messages of that scope.
    fn mark_groups_of_extensions(&mut self, extensions: &[FieldDescriptorProto]) {
        for extension in extensions {
            if extension.r#type() == Type::Group {
                let id = self.id(extension.type_name());
                self.model.messages[id].group = true;
            }
        }
    }

    fn field(&mut self, proto: &FieldDescriptorProto, oneof: Option<usize>, proto3: bool) -> Field {
        let type_ = self.field_type(proto);
        let label = match proto.label() {
            _ if oneof.is_some() || matches!(type_, FieldType::Map(..)) => None,
            ProtoLabel::Repeated => Some(Label::Repeated),
            ProtoLabel::Required => Some(Label::Required),
            ProtoLabel::Optional if proto3 && !proto.proto3_optional() => None,
            ProtoLabel::Optional => Some(Label::Optional),
        };
        Field {
            number: proto.number(),
            name: proto.name().to_owned(),
            label,
            type_,
            oneof,
        }
    }

    fn field_type(&mut self, proto: &FieldDescriptorProto) -> FieldType {
        if let Some(scalar) = Scalar::of(proto.r#type()) {
            return FieldType::Scalar(scalar);
        }
        let name = proto.type_name();
        let name = name.strip_prefix('.').unwrap_or(name);
        match proto.r#type() {
            Type::Enum => FieldType::Enum(name.to_owned()),
            Type::Group => FieldType::Group(self.id(name)),
            _ => match self.declared.get(name).map(|declaration| declaration.proto) {
                Some(entry) if is_map_entry(entry) => self.map_type(entry),
                _ => FieldType::Message(self.id(name)),
            },
        }
    }

    fn map_type(&mut self, entry: &DescriptorProto) -> FieldType {
        let field = |number| entry.field.iter().find(|field| field.number() == number);
        let key = field(1).and_then(|key| Scalar::of(key.r#type()));
        let value = field(2).map(|value| self.field_type(value));
        FieldType::Map(
            key.unwrap_or(Scalar::String),
            Box::new(value.unwrap_or(FieldType::Scalar(Scalar::String))),
        )
    }
}

/// The oneofs that somebody wrote, and for each field which of them it belongs to. The others stand for proto3's
/// `optional`.
fn oneofs(proto: &DescriptorProto) -> (Vec<String>, Vec<Option<usize>>) {
    let index = |field: &FieldDescriptorProto| {
        field
            .oneof_index
            .and_then(|index| usize::try_from(index).ok())
    };
    let mut written = vec![true; proto.oneof_decl.len()];
    for field in proto.field.iter().filter(|field| field.proto3_optional()) {
        if let Some(slot) = index(field).and_then(|index| written.get_mut(index)) {
            *slot = false;
        }
    }
    let mut names = Vec::new();
    let mut positions = Vec::with_capacity(written.len());
    for (oneof, written) in proto.oneof_decl.iter().zip(written) {
        positions.push(written.then_some(names.len()));
        if written {
            names.push(oneof.name().to_owned());
        }
    }
    let members = proto
        .field
        .iter()
        .map(|field| index(field).and_then(|index| positions.get(index).copied().flatten()))
        .collect();
    (names, members)
}

fn is_map_entry(message: &DescriptorProto) -> bool {
    message
        .options
        .as_ref()
        .is_some_and(MessageOptions::map_entry)
}

fn local<'a>(full: &'a str, package: &str) -> &'a str {
    full.strip_prefix(package)
        .and_then(|rest| rest.strip_prefix('.'))
        .filter(|_| !package.is_empty())
        .unwrap_or(full)
}

fn enumeration(scope: &str, proto: &EnumDescriptorProto) -> Enum {
    let mut values: Vec<(i32, String)> = Vec::with_capacity(proto.value.len());
    values.extend(
        proto
            .value
            .iter()
            .rev()
            .map(|value| (value.number(), value.name().to_owned())),
    );
    values.sort_by_key(|(number, _)| *number);
    values.dedup_by_key(|(number, _)| *number);
    Enum {
        name: proto.name().to_owned(),
        full: join(scope, proto.name()),
        values,
    }
}

/// A hash for each file over its text and, through their hashes, over everything it imports. Files come in the order of
/// their imports, so those of the imports are there already.
fn fingerprints(
    pool: &DescriptorPool,
    root: &str,
    texts: &HashMap<String, Arc<str>>,
) -> HashMap<String, [u8; 16]> {
    let mut found: HashMap<String, [u8; 16]> = HashMap::new();
    for file in pool.files().filter(|file| file.name() != root) {
        let mut hash = Md5::new();
        match texts.get(file.name()) {
            Some(text) => hash.update(text.as_bytes()),
            // It comes with protox: the name says it all.
            None => hash.update(file.name().as_bytes()),
        }
        for import in file.dependencies() {
            hash.update(found.get(import.name()).copied().unwrap_or_default());
        }
        found.insert(file.name().to_owned(), hash.finalize().into());
    }
    found
}
