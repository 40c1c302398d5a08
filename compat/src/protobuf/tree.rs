//! A `.proto` file as written: every name in the author's spelling, every statement in the author's order within its
//! kind. Printing needs no more than this; what names mean is the business of [`super::model`].

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    Proto2,
    Proto3,
}

#[derive(Debug, Clone, Default)]
pub(super) struct File {
    /// None if the line is absent, which means proto2.
    pub(super) syntax: Option<Syntax>,
    pub(super) package: Option<String>,
    pub(super) imports: Vec<Import>,
    pub(super) options: Vec<Setting>,
    pub(super) messages: Vec<Message>,
    pub(super) enums: Vec<Enum>,
    pub(super) extends: Vec<Extend>,
    pub(super) services: Vec<Service>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ImportKind {
    Plain,
    Public,
    Weak,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Import {
    pub(super) kind: ImportKind,
    pub(super) path: String,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Message {
    pub(super) name: String,
    pub(super) body: Body,
}

/// What stands between the braces of a message or a group.
#[derive(Debug, Clone, Default)]
pub(super) struct Body {
    /// One entry for each statement.
    pub(super) reserved: Vec<Vec<Reserved>>,
    pub(super) options: Vec<Setting>,
    pub(super) fields: Vec<Field>,
    pub(super) oneofs: Vec<Oneof>,
    pub(super) groups: Vec<Group>,
    pub(super) extensions: Vec<Extensions>,
    pub(super) extends: Vec<Extend>,
    pub(super) messages: Vec<Message>,
    pub(super) enums: Vec<Enum>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reserved {
    Range(Range),
    Name(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) start: i64,
    pub(super) end: RangeEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RangeEnd {
    /// A single number.
    Start,
    At(i64),
    Max,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Optional,
    Required,
    Repeated,
}

#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) label: Option<Label>,
    pub(super) type_: FieldType,
    pub(super) name: String,
    pub(super) number: i64,
    /// `default` and `json_name` are among them.
    pub(super) options: Vec<Setting>,
}

#[derive(Debug, Clone)]
pub(super) enum FieldType {
    Plain(String),
    Map { key: String, value: String },
}

#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) label: Option<Label>,
    pub(super) name: String,
    pub(super) number: i64,
    pub(super) options: Vec<Setting>,
    pub(super) body: Body,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Oneof {
    pub(super) name: String,
    pub(super) options: Vec<Setting>,
    pub(super) fields: Vec<Field>,
    pub(super) groups: Vec<Group>,
}

#[derive(Debug, Clone)]
pub(super) struct Extensions {
    pub(super) ranges: Vec<Range>,
    pub(super) options: Vec<Setting>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Extend {
    pub(super) extendee: String,
    pub(super) fields: Vec<Field>,
    pub(super) groups: Vec<Group>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) reserved: Vec<Vec<Reserved>>,
    pub(super) options: Vec<Setting>,
    pub(super) values: Vec<EnumValue>,
}

#[derive(Debug, Clone)]
pub(super) struct EnumValue {
    pub(super) name: String,
    pub(super) number: i64,
    pub(super) options: Vec<Setting>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Service {
    pub(super) name: String,
    pub(super) options: Vec<Setting>,
    pub(super) rpcs: Vec<Rpc>,
}

#[derive(Debug, Clone)]
pub(super) struct Rpc {
    pub(super) name: String,
    pub(super) input: Stream,
    pub(super) output: Stream,
    pub(super) options: Vec<Setting>,
}

/// A request or response type.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub(super) type_: String,
    pub(super) streaming: bool,
}

/// An option and its value: `(a.b).c = 1`.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) name: Vec<NamePart>,
    pub(super) value: Value,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamePart {
    pub(super) text: String,
    /// Written in round brackets.
    pub(super) extension: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    /// An identifier or a number, with its sign, as written.
    Word(String),
    /// A string or bytes, decoded.
    Text(Vec<u8>),
    /// A message in text format: keys in order of first appearance, repeated keys gathered into a list.
    Map(Vec<(String, Value)>),
    List(Vec<Value>),
}

impl Setting {
    /// The name without brackets, if it has one part only.
    pub(super) fn plain_name(&self) -> Option<&str> {
        match self.name.as_slice() {
            [part] if !part.extension => Some(&part.text),
            _ => None,
        }
    }
}

impl Label {
    /// The keyword.
    pub(super) const fn keyword(self) -> &'static str {
        match self {
            Self::Optional => "optional",
            Self::Required => "required",
            Self::Repeated => "repeated",
        }
    }
}
