//! Soundness: whatever is called compatible, values written with one schema and read with the other survive. The bytes
//! decode, and every field that both sides have with the same type keeps its value, in nested messages too.
//!
//! The protocol calls some changes compatible that lose values. They are the rows of [`LOSSY`], each with its reason and
//! shown to be so; the generated changes stay clear of them or compare no values across them.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicUsize, Ordering},
};

use dovetail_compat::{check, explain::witness};
use dovetail_model::{CompatibilityPolicy, Direction};
use proptest::prelude::*;
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MapKey, MessageDescriptor,
    ReflectMessage as _, Value,
};
use protox::file::{File, FileResolver};

use super::{compatible, differences, proto};

/// The types of fields. Messages and enums are the ones that every generated text declares.
const TYPES: &[&str] = &[
    "int32", "int64", "uint32", "uint64", "bool", "sint32", "sint64", "fixed32", "sfixed64",
    "float", "double", "string", "bytes", "E", "A.F", "A", "B", "A.N",
];
/// Where fields are put: the messages of every generated text.
const MESSAGES: usize = 3;

#[derive(Debug, Clone)]
struct Field {
    message: usize,
    number: u32,
    name: String,
    type_: usize,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Plain,
    Optional,
    Repeated,
    Map,
    /// A member of one of two oneofs.
    Member(bool),
}

#[derive(Debug, Clone)]
struct Text {
    fields: Vec<Field>,
    constants: Vec<i32>,
    /// B is declared before A.
    swapped: bool,
}

#[derive(Debug, Clone)]
enum Step {
    Add(usize, usize, Shape),
    Remove(usize),
    Rename(usize),
    Retype(usize, usize),
    Reshape(usize, Shape),
    Constant(i32),
    Swap,
}

impl Text {
    fn print(&self) -> String {
        let mut text = String::from("syntax = \"proto3\";\npackage p;\n");
        let constants = |prefix: &str| {
            let mut list = format!("{prefix}0 = 0; ");
            for number in &self.constants {
                let _ = write!(list, "{prefix}{number} = {number}; ");
            }
            list
        };
        let _ = writeln!(text, "enum E {{ {}}}", constants("E"));
        let a = format!(
            "message A {{\n{}message N {{\n{}}}\nenum F {{ {}}}\n}}\n",
            self.body(0),
            self.body(1),
            constants("F")
        );
        let b = format!("message B {{\n{}}}\n", self.body(2));
        text + &if self.swapped { b + &a } else { a + &b }
    }

    fn body(&self, message: usize) -> String {
        let mut body = String::new();
        let (mut left, mut right) = (String::new(), String::new());
        for field in self.fields.iter().filter(|field| field.message == message) {
            let type_ = TYPES[field.type_];
            let rest = format!("{} = {};\n", field.name, field.number);
            let _ = match field.shape {
                Shape::Plain => write!(body, "{type_} {rest}"),
                Shape::Optional => write!(body, "optional {type_} {rest}"),
                Shape::Repeated => write!(body, "repeated {type_} {rest}"),
                Shape::Map => write!(body, "map<string, {type_}> {rest}"),
                Shape::Member(false) => write!(left, "{type_} {rest}"),
                Shape::Member(true) => write!(right, "{type_} {rest}"),
            };
        }
        for (name, members) in [("left", left), ("right", right)] {
            if !members.is_empty() {
                let _ = writeln!(body, "oneof {name} {{\n{members}}}");
            }
        }
        body
    }

    fn step(&mut self, step: &Step) {
        let count = self.fields.len().max(1);
        match step {
            Step::Add(message, type_, shape) => self.add(*message, *type_, *shape),
            Step::Remove(at) if !self.fields.is_empty() => {
                self.fields.remove(at % count);
            }
            Step::Rename(at) => {
                if let Some(field) = self.fields.get_mut(at % count) {
                    field.name += "x";
                }
            }
            Step::Retype(at, type_) => {
                if let Some(field) = self.fields.get_mut(at % count) {
                    field.type_ = *type_;
                }
            }
            Step::Reshape(at, shape) => {
                if let Some(field) = self.fields.get_mut(at % count) {
                    field.shape = *shape;
                }
            }
            Step::Constant(number) => match self.constants.iter().position(|one| one == number) {
                Some(at) => {
                    self.constants.remove(at);
                }
                None => self.constants.push(*number),
            },
            Step::Swap => self.swapped = !self.swapped,
            Step::Remove(_) => {}
        }
    }

    /// Numbers are counted over the whole text, so one that was removed is not used again at once.
    fn add(&mut self, message: usize, type_: usize, shape: Shape) {
        let numbers = self.fields.iter().map(|field| field.number);
        let number = numbers.max().unwrap_or(0) + 1;
        self.fields.push(Field {
            message,
            number,
            name: format!("f{number}"),
            type_,
            shape,
        });
    }
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop_oneof![
        4 => Just(Shape::Plain),
        2 => Just(Shape::Optional),
        2 => Just(Shape::Repeated),
        1 => Just(Shape::Map),
        2 => Just(Shape::Member(false)),
        1 => Just(Shape::Member(true)),
    ]
}

fn texts() -> impl Strategy<Value = Text> {
    let fields = prop::collection::vec((0..MESSAGES, 0..TYPES.len(), shapes()), 1..9);
    let constants = prop::collection::btree_set(1..5_i32, 0..4);
    (fields, constants).prop_map(|(fields, constants)| {
        let mut text = Text {
            fields: Vec::new(),
            constants: constants.into_iter().collect(),
            swapped: false,
        };
        for (message, type_, shape) in fields {
            text.add(message, type_, shape);
        }
        text
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let at = 0..16_usize;
    let step = prop_oneof![
        3 => (0..MESSAGES, 0..TYPES.len(), shapes()).prop_map(|(message, type_, shape)| Step::Add(message, type_, shape)),
        2 => at.clone().prop_map(Step::Remove),
        2 => at.clone().prop_map(Step::Rename),
        2 => (at.clone(), 0..TYPES.len()).prop_map(|(at, type_)| Step::Retype(at, type_)),
        2 => (at, shapes()).prop_map(|(at, shape)| Step::Reshape(at, shape)),
        1 => (1..5_i32).prop_map(Step::Constant),
        1 => Just(Step::Swap),
    ];
    prop::collection::vec(step, 1..4)
}

/// A pool for a text without imports, from protox itself.
fn pool(text: &str) -> DescriptorPool {
    struct One(File);
    impl FileResolver for One {
        fn open_file(&self, _: &str) -> Result<File, protox::Error> {
            Ok(self.0.clone())
        }
    }
    let file = File::from_source("t.proto", text).expect("the text is valid");
    let mut compiler = protox::Compiler::with_file_resolver(One(file));
    compiler.open_file("t.proto").expect("the text is valid");
    compiler.descriptor_pool()
}

/// Small numbers out of a seed (splitmix64).
struct Seed(u64);

impl Seed {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn message(&mut self, message: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut made = DynamicMessage::new(message.clone());
        for field in message.fields() {
            if self.next().is_multiple_of(4) {
                continue;
            }
            if let Some(value) = self.field(&field, depth) {
                made.set_field(&field, value);
            }
        }
        made
    }

    fn field(&mut self, field: &FieldDescriptor, depth: usize) -> Option<Value> {
        let count = self.next() % 3;
        if field.is_map() {
            let Kind::Message(entry) = field.kind() else {
                return None;
            };
            let kind = entry.map_entry_value_field().kind();
            let entry = |at| Some((MapKey::String(format!("k{at}")), self.single(&kind, depth)?));
            return Some(Value::Map((0..count).map(entry).collect::<Option<_>>()?));
        }
        let kind = field.kind();
        if field.is_list() {
            let list: Option<Vec<Value>> = (0..count).map(|_| self.single(&kind, depth)).collect();
            return list.map(Value::List);
        }
        self.single(&kind, depth)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss
    )]
    fn single(&mut self, kind: &Kind, depth: usize) -> Option<Value> {
        let any = self.next() >> (self.next() % 64);
        Some(match kind {
            Kind::Double => Value::F64(any as i64 as f64 / 8.0),
            Kind::Float => Value::F32(f32::from(any as i16) / 8.0),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(any as i32),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(any as i64),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(any as u32),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(any),
            Kind::Bool => Value::Bool(any.is_multiple_of(2)),
            Kind::String => Value::String(format!("t{any}")),
            // Of bytes that are no UTF-8, see LOSSY.
            Kind::Bytes => Value::Bytes(format!("b{any}").into()),
            Kind::Enum(one) => {
                let values: Vec<i32> = one.values().map(|value| value.number()).collect();
                Value::EnumNumber(values[any as usize % values.len()])
            }
            Kind::Message(message) => {
                let depth = depth.checked_sub(1)?;
                Value::Message(self.message(message, depth))
            }
        })
    }
}

/// What was lost between what was written and what was read.
fn lost(written: &DynamicMessage, read: &DynamicMessage) -> Option<String> {
    for field in written.descriptor().fields() {
        let Some(other) = read.descriptor().get_field(field.number()) else {
            continue;
        };
        let set = written.has_field(&field) || read.has_field(&other);
        if !set || !same_type(&field, &other) {
            continue;
        }
        let (meant, found) = (written.get_field(&field), read.get_field(&other));
        let lost = match (&*meant, &*found) {
            (Value::List(meant), Value::List(found)) => {
                meant.len() != found.len()
                    || meant
                        .iter()
                        .zip(found)
                        .any(|(one, other)| !same(one, other))
            }
            (Value::Map(meant), Value::Map(found)) => {
                meant.len() != found.len()
                    || meant
                        .iter()
                        .any(|(key, one)| found.get(key).is_none_or(|other| !same(one, other)))
            }
            (one, other) => !same(one, other),
        };
        let presence = field.supports_presence()
            && other.supports_presence()
            && written.has_field(&field) != read.has_field(&other);
        if lost || presence {
            return Some(format!(
                "{}: {meant:?} is read as {found:?}",
                field.full_name()
            ));
        }
    }
    None
}

fn same(written: &Value, read: &Value) -> bool {
    match (written, read) {
        (Value::Message(written), Value::Message(read)) => lost(written, read).is_none(),
        _ => written == read,
    }
}

fn same_type(one: &FieldDescriptor, other: &FieldDescriptor) -> bool {
    let kind = |one: &Kind, other: &Kind| match (one, other) {
        (Kind::Message(one), Kind::Message(other)) => one.full_name() == other.full_name(),
        (Kind::Enum(one), Kind::Enum(other)) => one.full_name() == other.full_name(),
        _ => one == other,
    };
    if one.is_list() != other.is_list() || one.is_map() != other.is_map() {
        return false;
    }
    match (one.kind(), other.kind()) {
        (Kind::Message(one), Kind::Message(other)) if one.is_map_entry() => kind(
            &one.map_entry_value_field().kind(),
            &other.map_entry_value_field().kind(),
        ),
        (one, other) => kind(&one, &other),
    }
}

/// Whether a list of numbers became a single one where no label is written: a row of LOSSY that does not even decode.
fn packed_numbers_become_single(writer: &MessageDescriptor, reader: &MessageDescriptor) -> bool {
    let number = |field: &FieldDescriptor| {
        !matches!(field.kind(), Kind::String | Kind::Bytes | Kind::Message(_))
    };
    writer.fields().any(|field| {
        let other = reader.get_field(field.number());
        field.is_list() && number(&field) && other.is_some_and(|other| !other.is_list())
    })
}

const NAMES: [&str; MESSAGES] = ["p.A", "p.A.N", "p.B"];

static PAIRS: AtomicUsize = AtomicUsize::new(0);
static COMPATIBLE: AtomicUsize = AtomicUsize::new(0);
static VALUES: AtomicUsize = AtomicUsize::new(0);
static SET_ASIDE: AtomicUsize = AtomicUsize::new(0);
static WITNESSES: AtomicUsize = AtomicUsize::new(0);
static INCOMPATIBILITIES: AtomicUsize = AtomicUsize::new(0);

/// Reads with one text what another wrote, and tells what got lost.
fn survive(writer: &str, reader: &str, seed: u64) -> Result<(), TestCaseError> {
    let (writer, reader) = (pool(writer), pool(reader));
    let message =
        |pool: &DescriptorPool, name| pool.get_message_by_name(name).expect("it is there");
    let set_aside = NAMES
        .iter()
        .any(|name| packed_numbers_become_single(&message(&writer, name), &message(&reader, name)));
    if set_aside {
        SET_ASIDE.fetch_add(1, Ordering::Relaxed);
        return Ok(());
    }
    let mut seed = Seed(seed);
    for name in NAMES {
        for _ in 0..3 {
            let written = seed.message(&message(&writer, name), 3);
            let bytes = written.encode_to_vec();
            let read = DynamicMessage::decode(message(&reader, name), bytes.as_slice());
            let read = read.map_err(|error| TestCaseError::fail(format!("{written}: {error}")))?;
            prop_assert_eq!(lost(&written, &read), None, "{} {}", name, written);
            VALUES.fetch_add(1, Ordering::Relaxed);
        }
    }
    Ok(())
}

fn judge(previous: &Text, new: &Text, seed: u64) -> Result<(), TestCaseError> {
    let texts = (new.print(), previous.print());
    let (new, previous) = (proto(&texts.0), proto(&texts.1));
    for (reader, writer, reads, wrote) in [
        (&new, &previous, &texts.0, &texts.1),
        (&previous, &new, &texts.1, &texts.0),
    ] {
        PAIRS.fetch_add(1, Ordering::Relaxed);
        if compatible(reader, writer) {
            COMPATIBLE.fetch_add(1, Ordering::Relaxed);
            survive(wrote, reads, seed)?;
        }
        for difference in differences(reader, writer) {
            let witness = witness(reader, writer, &difference);
            if difference.rule.breaks(CompatibilityPolicy::Strict) {
                INCOMPATIBILITIES.fetch_add(1, Ordering::Relaxed);
                WITNESSES.fetch_add(usize::from(witness.is_some()), Ordering::Relaxed);
            } else {
                prop_assert!(witness.is_none());
            }
        }
        // Laws.
        let policy = CompatibilityPolicy::Strict;
        let report = |directions: &[Direction]| {
            check(reader, writer, directions, policy).expect("they are simple")
        };
        let backward = report(&[Direction::Backward]).is_compatible();
        let forward = report(&[Direction::Forward]).is_compatible();
        let both = report(&[Direction::Backward, Direction::Forward]).is_compatible();
        prop_assert_eq!(forward, compatible(writer, reader));
        prop_assert_eq!(both, backward && forward);
        prop_assert!(compatible(reader, reader));
        let normalized = (proto(&reader.normalized()), proto(&writer.normalized()));
        prop_assert_eq!(compatible(&normalized.0, &normalized.1), backward);
    }
    Ok(())
}

#[test]
fn what_is_called_compatible_survives() {
    let config = ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(
        &(texts(), steps(), any::<u64>()),
        |(previous, steps, seed)| {
            let mut new = previous.clone();
            for step in &steps {
                new.step(step);
            }
            judge(&previous, &new, seed)
        },
    );
    let figure = |one: &AtomicUsize| one.load(Ordering::Relaxed);
    println!(
        "protobuf soundness: {} directed pairs, {} called compatible, {} values survived, {} pairs set aside; \
         {} of {} incompatibilities have a witness",
        figure(&PAIRS),
        figure(&COMPATIBLE),
        figure(&VALUES),
        figure(&SET_ASIDE),
        figure(&WITNESSES),
        figure(&INCOMPATIBILITIES)
    );
    if let Err(error) = outcome {
        panic!("{error}");
    }
    assert!(
        figure(&COMPATIBLE) * 5 > figure(&PAIRS),
        "too few pairs are compatible"
    );
}

/// A change that the protocol calls compatible, and that loses something: a name, the reason, the texts, what is
/// written, and what is read (None where the bytes do not decode).
type Lossy = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [u8],
    Option<&'static str>,
);

const LOSSY: &[Lossy] = &[
    (
        "bytes to string",
        "one group on the wire, but a string has to be UTF-8",
        "bytes a = 1;",
        "string a = 1;",
        &[0x0a, 1, 0xff],
        None,
    ),
    (
        "64 bits to 32",
        "one group on the wire, and the upper bits are cut off",
        "int64 a = 1;",
        "int32 a = 1;",
        &[0x08, 0x81, 0x80, 0x80, 0x80, 0x10],
        Some("a:1"),
    ),
    (
        "integer to bool",
        "one group on the wire, and every number but 0 is true",
        "int32 a = 1;",
        "bool a = 1;",
        &[0x08, 7],
        Some("a:true"),
    ),
    (
        "signed to unsigned",
        "one group on the wire, and a negative number becomes a large one",
        "int32 a = 1;",
        "uint32 a = 1;",
        &[
            0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
        ],
        Some("a:4294967295"),
    ),
    (
        "list of strings to one",
        "strings may change their label, and the last one wins",
        "repeated string a = 1;",
        "string a = 1;",
        &[0x0a, 1, b'a', 0x0a, 1, b'b'],
        Some("a:\"b\""),
    ),
    (
        "list of numbers to one without a label",
        "labels are compared only where both are written, and a single number cannot be packed",
        "repeated int32 a = 1;",
        "int32 a = 1;",
        &[0x0a, 2, 1, 2],
        None,
    ),
    (
        "list of messages to one",
        "messages are not asked for labels, and all of the list are merged into one",
        "repeated I a = 1; message I { int32 x = 1; }",
        "I a = 1; message I { int32 x = 1; }",
        &[0x0a, 2, 0x08, 1, 0x0a, 2, 0x08, 2],
        Some("a{x:2}"),
    ),
    (
        "field removed",
        "readers skip what they do not know",
        "int32 a = 1;",
        "",
        &[0x08, 1],
        Some(""),
    ),
];

#[test]
fn what_is_compatible_and_lossy_is_known_by_name() {
    for (name, reason, previous, new, bytes, expected) in LOSSY {
        let text = |body: &str| format!("syntax = \"proto3\"; package p; message M {{ {body} }}");
        let (previous, new) = (text(previous), text(new));
        assert!(compatible(&proto(&new), &proto(&previous)), "{name}");
        let message = |text: &str| pool(text).get_message_by_name("p.M").expect("it is there");
        let written = DynamicMessage::decode(message(&previous), *bytes).expect("the writer's own");
        let read = DynamicMessage::decode(message(&new), *bytes).ok();
        let printed = read.map(|read| read.to_string());
        println!("{name}: {reason}; {written} is read as {printed:?}");
        assert_ne!(printed, Some(written.to_string()), "{name}");
        assert_eq!(printed.as_deref(), *expected, "{name}");
    }
}

#[test]
fn a_string_that_becomes_required_is_let_pass_though_old_messages_lack_it() {
    let text = |label| format!("syntax = \"proto2\"; message M {{ {label} string a = 1; }}");
    let (previous, new) = (proto(&text("optional")), proto(&text("required")));
    assert!(compatible(&new, &previous));
}
