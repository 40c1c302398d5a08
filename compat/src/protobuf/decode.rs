//! A base64 `FileDescriptorProto` as a `.proto` text, which then goes the way of every text.
//!
//! Maps and groups become maps and groups again, and what the descriptor spells out although it is the default (JSON
//! names, labels of proto3) is left away. Options of extension ranges do not survive: the descriptor types at hand do
//! not carry them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, EnumDescriptor, MessageDescriptor, ServiceDescriptor,
    prost_types::{
        DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
        FileDescriptorProto, MessageOptions, MethodDescriptorProto, OneofDescriptorProto,
        ServiceDescriptorProto,
        descriptor_proto::ExtensionRange,
        field_descriptor_proto::{Label as ProtoLabel, Type},
    },
};

use super::{
    canonical, compile, decode_options as options,
    limits::{MAX_BYTES, MAX_NAME_PARTS, MAX_TOKENS},
    tree::{
        Body, Enum, EnumValue, Extend, Extensions, Field, FieldType, File, Group, Import,
        ImportKind, Label, Message, Oneof, Range, RangeEnd, Reserved, Rpc, Service, Setting,
        Stream, Syntax,
    },
    types::Scalar,
};
use crate::{NamedText, SchemaError};

/// The text of an encoded descriptor.
pub(super) fn to_text(base64: &str, references: &[NamedText]) -> Result<String, SchemaError> {
    let neither = || {
        SchemaError(
            "the text is neither a .proto file nor a base64-encoded FileDescriptorProto".to_owned(),
        )
    };
    let bytes = STANDARD.decode(base64).map_err(|_| neither())?;
    let file = FileDescriptorProto::decode(bytes.as_slice()).map_err(|_| neither())?;
    bounded(&bytes, &file)?;
    if !matches!(file.syntax(), "" | "proto2" | "proto3") {
        return Err(SchemaError(
            "editions are not supported; use proto2 or proto3".to_owned(),
        ));
    }
    let (pool, root) = compile::compile_descriptor(bytes, references)?;
    let file = pool
        .get_file_by_name(&root)
        .ok_or_else(neither)?
        .file_descriptor_proto()
        .clone();
    let convert = Convert {
        proto3: file.syntax() == "proto3",
        pool,
    };
    Ok(canonical::print(&convert.file(&file, &root)))
}

/// The bounds of a text, for what has no tokens yet.
fn bounded(bytes: &[u8], file: &FileDescriptorProto) -> Result<(), SchemaError> {
    let long_name = bytes
        .split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.')))
        .any(|name| name.split(|byte| *byte == b'.').count() > MAX_NAME_PARTS + 1);
    if long_name {
        return Err(SchemaError(format!(
            "a name in the descriptor has more than {MAX_NAME_PARTS} parts"
        )));
    }
    let elements = size_of_messages(&file.message_type)
        + file
            .enum_type
            .iter()
            .map(|one| one.value.len() + 1)
            .sum::<usize>()
        + file.extension.len()
        + file
            .service
            .iter()
            .map(|one| one.method.len() + 1)
            .sum::<usize>();
    if bytes.len() > MAX_BYTES || elements > MAX_TOKENS / 4 {
        return Err(SchemaError(format!(
            "the descriptor has {} bytes and {elements} elements, more than the limits of {MAX_BYTES} and {}",
            bytes.len(),
            MAX_TOKENS / 4
        )));
    }
    Ok(())
}

/// How much there is in messages. They are nested no deeper than the decoder allows, which is a hundred.
fn size_of_messages(messages: &[DescriptorProto]) -> usize {
    let size = |message: &DescriptorProto| {
        let values: usize = message.enum_type.iter().map(|one| one.value.len()).sum();
        let ranges = message.extension_range.len() + message.reserved_range.len();
        1 + message.field.len()
            + message.extension.len()
            + values
            + ranges
            + size_of_messages(&message.nested_type)
    };
    messages.iter().map(size).sum()
}

struct Convert {
    pool: DescriptorPool,
    proto3: bool,
}

impl Convert {
    fn file(&self, file: &FileDescriptorProto, root: &str) -> File {
        let package = file.package();
        let (extends, groups) = self.extends(package, &file.extension, &file.message_type);
        let written = |message: &&DescriptorProto| !groups.contains(&message.name());
        let file_options = self.pool.get_file_by_name(root).map(|file| file.options());
        File {
            syntax: Some(if self.proto3 {
                Syntax::Proto3
            } else {
                Syntax::Proto2
            }),
            package: file.package.clone(),
            imports: imports(file),
            options: options::settings(file_options),
            messages: file
                .message_type
                .iter()
                .filter(written)
                .map(|message| self.message(package, message))
                .collect(),
            enums: file
                .enum_type
                .iter()
                .map(|one| self.enumeration(package, one))
                .collect(),
            extends,
            services: file
                .service
                .iter()
                .map(|one| self.service(package, one))
                .collect(),
        }
    }

    fn message(&self, scope: &str, message: &DescriptorProto) -> Message {
        Message {
            name: message.name().to_owned(),
            body: self.body(&within(scope, message.name()), message),
        }
    }

    fn body(&self, scope: &str, message: &DescriptorProto) -> Body {
        let descriptor = self.pool.get_message_by_name(scope);
        let (extends, mut groups) = self.extends(scope, &message.extension, &message.nested_type);
        let mut body = Body {
            reserved: reserved(message),
            options: options::settings(descriptor.as_ref().map(MessageDescriptor::options)),
            oneofs: self.oneofs(scope, message),
            extensions: message
                .extension_range
                .iter()
                .map(extension_range)
                .collect(),
            extends,
            enums: message
                .enum_type
                .iter()
                .map(|one| self.enumeration(scope, one))
                .collect(),
            ..Body::default()
        };
        for field in &message.field {
            let settings = options::settings(
                descriptor
                    .as_ref()
                    .and_then(|message| message.get_field(field.number().unsigned_abs()))
                    .map(|field| field.options()),
            );
            let member = self.member(scope, field, settings, &message.nested_type);
            if field.r#type() == Type::Group {
                groups.push(last_part(field.type_name()));
            }
            let oneof = field
                .oneof_index
                .filter(|_| !field.proto3_optional())
                .and_then(|index| body.oneofs.get_mut(usize::try_from(index).ok()?));
            match (oneof, member) {
                (Some(oneof), Member::Field(field)) => oneof.fields.push(unlabelled(field)),
                (Some(oneof), Member::Group(group)) => {
                    oneof.groups.push(Group {
                        label: None,
                        ..group
                    });
                }
                (None, Member::Field(field)) => body.fields.push(field),
                (None, Member::Group(group)) => body.groups.push(group),
            }
        }
        // What is left are those that stood for proto3's `optional`.
        body.oneofs
            .retain(|oneof| !oneof.fields.is_empty() || !oneof.groups.is_empty());
        body.messages = message
            .nested_type
            .iter()
            .filter(|nested| !is_map_entry(nested) && !groups.contains(&nested.name()))
            .map(|nested| self.message(scope, nested))
            .collect();
        body
    }

    fn oneofs(&self, scope: &str, message: &DescriptorProto) -> Vec<Oneof> {
        let descriptor = self.pool.get_message_by_name(scope);
        let oneof = |(index, proto): (usize, &OneofDescriptorProto)| {
            let descriptor = descriptor
                .as_ref()
                .and_then(|message| message.oneofs().nth(index));
            Oneof {
                name: proto.name().to_owned(),
                options: options::settings(descriptor.map(|oneof| oneof.options())),
                ..Oneof::default()
            }
        };
        message.oneof_decl.iter().enumerate().map(oneof).collect()
    }

    fn member(
        &self,
        scope: &str,
        field: &FieldDescriptorProto,
        mut settings: Vec<Setting>,
        siblings: &[DescriptorProto],
    ) -> Member {
        let named = |name: &str| siblings.iter().find(|message| message.name() == name);
        let label = match field.label() {
            ProtoLabel::Repeated => Some(Label::Repeated),
            ProtoLabel::Required => Some(Label::Required),
            ProtoLabel::Optional if self.proto3 && !field.proto3_optional() => None,
            ProtoLabel::Optional => Some(Label::Optional),
        };
        let number = i64::from(field.number());
        let type_name = last_part(field.type_name());
        let nested = named(type_name);
        if let (Type::Group, Some(body)) = (field.r#type(), nested) {
            return Member::Group(Group {
                label,
                name: type_name.to_owned(),
                number,
                options: settings,
                body: self.body(&within(scope, type_name), body),
            });
        }
        settings.extend(options::default_value(field));
        settings.extend(options::json_name(field));
        let map = nested
            .filter(|entry| is_map_entry(entry))
            .filter(|entry| field.type_name().ends_with(&within(scope, entry.name())));
        let type_ = map.map_or_else(|| FieldType::Plain(type_text(field)), map_type);
        let label = label.filter(|_| map.is_none());
        Member::Field(Field {
            label,
            type_,
            name: field.name().to_owned(),
            number,
            options: settings,
        })
    }

    /// Extensions of one message that stand together, and the names of the groups among them.
    fn extends<'a>(
        &self,
        scope: &str,
        extensions: &'a [FieldDescriptorProto],
        siblings: &[DescriptorProto],
    ) -> (Vec<Extend>, Vec<&'a str>) {
        let mut extends: Vec<Extend> = Vec::new();
        let mut groups = Vec::new();
        for extension in extensions {
            let extendee = extension.extendee();
            if extends.last().is_none_or(|last| last.extendee != extendee) {
                extends.push(Extend {
                    extendee: extendee.to_owned(),
                    ..Extend::default()
                });
            }
            let full = within(scope, extension.name());
            let descriptor = self.pool.get_extension_by_name(&full);
            let settings = options::settings(descriptor.map(|extension| extension.options()));
            let member = self.member(scope, extension, settings, siblings);
            if let Some(extend) = extends.last_mut() {
                match member {
                    Member::Field(field) => extend.fields.push(field),
                    Member::Group(group) => {
                        groups.push(last_part(extension.type_name()));
                        extend.groups.push(group);
                    }
                }
            }
        }
        (extends, groups)
    }

    fn enumeration(&self, scope: &str, one: &EnumDescriptorProto) -> Enum {
        let descriptor = self.pool.get_enum_by_name(&within(scope, one.name()));
        // The descriptor sorts its values by number; the message keeps them in order.
        let value = |value: &EnumValueDescriptorProto| {
            let descriptor = descriptor
                .as_ref()
                .and_then(|one| one.get_value_by_name(value.name()));
            EnumValue {
                name: value.name().to_owned(),
                number: i64::from(value.number()),
                options: options::settings(descriptor.map(|value| value.options())),
            }
        };
        let ranges = one.reserved_range.iter().map(|range| {
            let end = match range.end() {
                i32::MAX => RangeEnd::Max,
                end => RangeEnd::At(i64::from(end)),
            };
            single(Reserved::Range(range_of(i64::from(range.start()), end)))
        });
        Enum {
            name: one.name().to_owned(),
            reserved: ranges.chain(reserved_names(&one.reserved_name)).collect(),
            options: options::settings(descriptor.as_ref().map(EnumDescriptor::options)),
            values: one.value.iter().map(value).collect(),
        }
    }

    fn service(&self, package: &str, service: &ServiceDescriptorProto) -> Service {
        let descriptor = self
            .pool
            .get_service_by_name(&within(package, service.name()));
        let methods: Vec<_> = descriptor
            .iter()
            .flat_map(|service| {
                service
                    .methods()
                    .map(|method| method.options())
                    .collect::<Vec<_>>()
            })
            .collect();
        let rpc = |(index, method): (usize, &MethodDescriptorProto)| Rpc {
            name: method.name().to_owned(),
            input: Stream {
                type_: method.input_type().to_owned(),
                streaming: method.client_streaming(),
            },
            output: Stream {
                type_: method.output_type().to_owned(),
                streaming: method.server_streaming(),
            },
            options: options::settings(methods.get(index).cloned()),
        };
        Service {
            name: service.name().to_owned(),
            options: options::settings(descriptor.as_ref().map(ServiceDescriptor::options)),
            rpcs: service.method.iter().enumerate().map(rpc).collect(),
        }
    }
}

enum Member {
    Field(Field),
    Group(Group),
}

fn unlabelled(field: Field) -> Field {
    Field {
        label: None,
        ..field
    }
}

fn imports(file: &FileDescriptorProto) -> Vec<Import> {
    let import = |(index, path): (i32, &String)| {
        let kind = if file.public_dependency.contains(&index) {
            ImportKind::Public
        } else if file.weak_dependency.contains(&index) {
            ImportKind::Weak
        } else {
            ImportKind::Plain
        };
        Import {
            kind,
            path: path.clone(),
        }
    };
    (0..).zip(&file.dependency).map(import).collect()
}

fn reserved(message: &DescriptorProto) -> Vec<Vec<Reserved>> {
    let ranges = message
        .reserved_range
        .iter()
        .map(|range| single(Reserved::Range(half_open(range.start(), range.end()))));
    ranges
        .chain(reserved_names(&message.reserved_name))
        .collect()
}

fn reserved_names(names: &[String]) -> impl Iterator<Item = Vec<Reserved>> {
    names
        .iter()
        .map(|name| single(Reserved::Name(name.clone())))
}

fn single(item: Reserved) -> Vec<Reserved> {
    vec![item]
}

fn extension_range(range: &ExtensionRange) -> Extensions {
    Extensions {
        ranges: vec![half_open(range.start(), range.end())],
        options: Vec::new(),
    }
}

/// A range of a message, whose end is one too far. In a message set the end is beyond all numbers of fields.
fn half_open(start: i32, end: i32) -> Range {
    let last = i64::from(end) - 1;
    let end = if last >= canonical::LAST_NUMBER {
        RangeEnd::Max
    } else {
        RangeEnd::At(last)
    };
    range_of(i64::from(start), end)
}

fn range_of(start: i64, end: RangeEnd) -> Range {
    match end {
        RangeEnd::At(at) if at == start => Range {
            start,
            end: RangeEnd::Start,
        },
        end => Range { start, end },
    }
}

fn is_map_entry(message: &DescriptorProto) -> bool {
    message
        .options
        .as_ref()
        .is_some_and(MessageOptions::map_entry)
}

fn map_type(entry: &DescriptorProto) -> FieldType {
    let part = |number| {
        let field = entry.field.iter().find(|field| field.number() == number);
        field.map_or_else(String::new, type_text)
    };
    FieldType::Map {
        key: part(1),
        value: part(2),
    }
}

fn type_text(field: &FieldDescriptorProto) -> String {
    match Scalar::of(field.r#type()) {
        Some(scalar) => scalar.keyword().to_owned(),
        None => field.type_name().to_owned(),
    }
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn within(scope: &str, name: &str) -> String {
    if scope.is_empty() {
        name.to_owned()
    } else {
        format!("{scope}.{name}")
    }
}
