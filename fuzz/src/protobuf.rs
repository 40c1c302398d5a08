//! Protobuf schemas made of bytes: each chunk of bytes is an instruction that opens or closes something or declares
//! something, so that a change of bytes is a local change of the text.

use std::fmt::Write as _;

use libfuzzer_sys::arbitrary::{Result, Unstructured};

const CHUNK: usize = 5;
const MAX_CHUNKS: usize = 120;
const TYPES: [&str; 24] = [
    "int32",
    "int64",
    "uint32",
    "uint64",
    "sint32",
    "sint64",
    "fixed32",
    "fixed64",
    "sfixed32",
    "sfixed64",
    "bool",
    "string",
    "bytes",
    "float",
    "double",
    "A",
    "B",
    "C",
    "E",
    "A.B",
    ".p.A",
    "google.protobuf.Timestamp",
    "google.protobuf.Any",
    "p.B.E",
];
const MESSAGES: [&str; 3] = ["A", "B", "C"];
const ENUMS: [&str; 2] = ["E", "F"];

/// The instructions of a text.
#[derive(Clone)]
pub struct Program {
    is_proto2: bool,
    chunks: Vec<[u8; CHUNK]>,
}

/// What the braces that are open belong to.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    Message,
    Oneof,
    Enum,
    Service,
}

impl Program {
    /// Takes a share of the bytes.
    pub fn make(u: &mut Unstructured<'_>) -> Result<Self> {
        let head = u.int_in_range(0..=255_u8)?;
        let count = (u.len() * 3 / 4 / CHUNK).min(MAX_CHUNKS);
        let chunks = (0..count).map(|_| u.arbitrary()).collect::<Result<_>>()?;
        Ok(Self {
            is_proto2: head & 1 == 1,
            chunks,
        })
    }

    /// A changed copy.
    pub fn evolve(&self, u: &mut Unstructured<'_>) -> Result<Self> {
        let mut next = self.clone();
        for _ in 0..u.int_in_range(1..=4)? {
            let at = u.choose_index(next.chunks.len().max(1))?;
            match u.int_in_range(0..=4)? {
                0 if !next.chunks.is_empty() => drop(next.chunks.remove(at)),
                1 if !next.chunks.is_empty() => {
                    let other = u.choose_index(next.chunks.len())?;
                    next.chunks.swap(at, other);
                }
                2 => next
                    .chunks
                    .insert(at.min(next.chunks.len()), u.arbitrary()?),
                _ => {
                    if let Some(chunk) = next.chunks.get_mut(at) {
                        chunk[u.choose_index(CHUNK)?] = u.arbitrary()?;
                    }
                }
            }
        }
        Ok(next)
    }

    /// The text.
    pub fn print(&self) -> String {
        let mut printer = Printer {
            text: format!(
                "syntax = \"proto{}\";\npackage p;\n",
                if self.is_proto2 { 2 } else { 3 }
            ),
            open: Vec::new(),
            is_proto2: self.is_proto2,
            declared: 0,
        };
        printer.text +=
            "import \"google/protobuf/timestamp.proto\";\nimport \"google/protobuf/any.proto\";\n";
        for chunk in &self.chunks {
            printer.instruction(*chunk);
        }
        while printer.open.pop().is_some() {
            printer.text += "}\n";
        }
        printer.text
    }
}

struct Printer {
    text: String,
    open: Vec<Open>,
    is_proto2: bool,
    declared: usize,
}

impl Printer {
    fn instruction(&mut self, [what, one, two, three, four]: [u8; CHUNK]) {
        let open = self.open.last().copied();
        let _ = match (what % 24, open) {
            (0..=2, None | Some(Open::Message)) => self.begin(Open::Message, one),
            (3, None | Some(Open::Message)) => self.begin(Open::Enum, one),
            (4 | 5, Some(Open::Message)) => self.begin(Open::Oneof, one),
            (6, None) => self.begin(Open::Service, one),
            (7..=9, Some(_)) => {
                self.open.pop();
                writeln!(self.text, "}}")
            }
            (_, None) => self.begin(Open::Message, one),
            (10, Some(Open::Message)) => {
                let (low, high) = (u16::from(two), u16::from(two) + u16::from(three));
                let word = if self.is_proto2 && one & 1 == 1 {
                    "extensions"
                } else {
                    "reserved"
                };
                writeln!(self.text, "{word} {low} to {high};")
            }
            (11, Some(Open::Message)) => writeln!(self.text, "reserved \"f{}\", \"g\";", one % 16),
            (12, Some(Open::Message)) if self.is_proto2 => {
                writeln!(
                    self.text,
                    "extend {} {{ optional {} x{two} = {}; }}",
                    message(one),
                    type_of(two),
                    three
                )
            }
            (13, Some(Open::Message)) if self.is_proto2 => {
                writeln!(
                    self.text,
                    "{} group G{one} = {two} {{ optional int32 a = 1; }}",
                    label(three)
                )
            }
            (14 | 15, Some(Open::Message)) => {
                writeln!(
                    self.text,
                    "map<{}, {}> f{} = {};",
                    type_of(one),
                    type_of(two),
                    three % 32,
                    number(four)
                )
            }
            (_, Some(Open::Message)) => {
                let label = match (self.is_proto2, what % 24) {
                    (true, _) => label(one >> 5),
                    (false, 16) => "repeated",
                    (false, 17) => "optional",
                    (false, _) => "",
                };
                let option = [
                    "",
                    "",
                    "",
                    " [deprecated = true]",
                    " [json_name = \"j\"]",
                    " [packed = false]",
                    " [default = 1]",
                    "",
                ][usize::from(two >> 5)];
                writeln!(
                    self.text,
                    "{label} {} f{} = {}{option};",
                    type_of(one),
                    three % 32,
                    number(four)
                )
            }
            (_, Some(Open::Oneof)) => writeln!(
                self.text,
                "{} f{} = {};",
                type_of(one),
                three % 32,
                number(four)
            ),
            (10, Some(Open::Enum)) => writeln!(self.text, "reserved {one}, {two} to max;"),
            (11, Some(Open::Enum)) => writeln!(self.text, "option allow_alias = true;"),
            (_, Some(Open::Enum)) => writeln!(self.text, "V{} = {};", one % 64, two.cast_signed()),
            (_, Some(Open::Service)) => writeln!(
                self.text,
                "rpc R{one} ({}) returns ({});",
                message(two),
                message(three)
            ),
        };
    }

    fn begin(&mut self, what: Open, name: u8) -> std::fmt::Result {
        self.open.push(what);
        self.declared += 1;
        match what {
            Open::Message => writeln!(self.text, "message {} {{", message(name)),
            Open::Oneof => writeln!(self.text, "oneof o{} {{", name % 4),
            Open::Service => writeln!(self.text, "service S{} {{", name % 4),
            Open::Enum => {
                let name = ENUMS[usize::from(name) % ENUMS.len()];
                // The names of constants are siblings of their enum.
                writeln!(self.text, "enum {name} {{ ZERO{} = 0;", self.declared)
            }
        }
    }
}

fn message(byte: u8) -> &'static str {
    MESSAGES[usize::from(byte) % MESSAGES.len()]
}

fn type_of(byte: u8) -> &'static str {
    TYPES[usize::from(byte) % TYPES.len()]
}

fn label(byte: u8) -> &'static str {
    ["optional", "repeated", "required"][usize::from(byte) % 3]
}

/// Mostly small numbers, so that two versions meet.
fn number(byte: u8) -> u32 {
    match byte {
        250 => 536_870_911,
        251 => 19_000,
        252 => 536_870_912,
        253 => 100_000,
        _ => u32::from(byte % 40) + 1,
    }
}
