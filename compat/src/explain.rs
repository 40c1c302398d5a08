//! Explaining a change: every difference with its reason, its places in both texts, who breaks, what to do instead, and a
//! witness: a value that really breaks.
//!
//! A witness is shown only when it was encoded with the writer's schema and then really failed: the reader could not
//! decode it (Avro), read another value (Protobuf), or rejected it (JSON Schema).

use std::fmt::Write as _;

use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};

pub use crate::position::Position;
use crate::{
    Difference, NamedText, Schema, SchemaError, TooComplex, avro, check, json_schema, parse,
    position, protobuf, schema::Parsed,
};

/// One difference, explained.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The direction it was found in.
    pub direction: Direction,
    /// What differs.
    pub difference: Difference,
    /// Whether it breaks someone under the policy.
    pub breaks: bool,
    /// The place in the new schema's text, as it was submitted.
    pub new: Option<Position>,
    /// The place in the previous schema's text.
    pub previous: Option<Position>,
    /// A value that breaks, where one was found and confirmed.
    pub witness: Option<Witness>,
}

/// A value that one side writes and the other cannot read.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The value in JSON: Avro's JSON encoding, Protobuf's JSON mapping, or the document itself.
    pub value: serde_json::Value,
    /// What the writer puts on the wire.
    pub bytes: Vec<u8>,
    /// What the reader makes of it.
    pub outcome: Outcome,
}

/// What a reader makes of a witness.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It cannot decode the bytes, or rejects the document; why not.
    Fails(String),
    /// It reads another value, in JSON.
    ReadsAs(serde_json::Value),
}

/// Whether a reader accepts everything that a writer may write, whatever the rules say.
#[derive(Debug, Clone, PartialEq)]
pub enum Containment {
    /// It does, and that is proven: no value breaks it.
    Proven,
    /// It does not; here is a value.
    Refuted(Witness),
    /// Neither was found out.
    Unknown,
}

/// One side of a change: a text and the texts it refers to, as [`parse`] takes them.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The text as it was submitted.
    pub text: &'a str,
    /// What it refers to.
    pub references: &'a [NamedText],
}

/// Why a change cannot be explained.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ExplainError {
    /// The new text is no schema.
    #[error("the new schema is invalid: {0}")]
    New(SchemaError),
    /// The previous text is no schema.
    #[error("the previous schema is invalid: {0}")]
    Previous(SchemaError),
    /// The two cannot be compared within bounds.
    #[error(transparent)]
    TooComplex(#[from] TooComplex),
}

/// How many differences are given their places and a witness. Those that break come first.
const DETAILED: usize = 100;

/// How many bytes of text may be walked through for that, since each costs a walk through both texts.
const WALKED: usize = 16 << 20;

/// How many differences are given their places and a witness, however long the texts are.
const ALWAYS_DETAILED: usize = 10;

/// Explains everything that differs between two texts of one format, in each direction. What breaks comes first; from the
/// hundredth difference on, or from the tenth where the texts are very long, there are neither places nor witnesses.
pub fn explain(
    schema_type: SchemaType,
    new: Side<'_>,
    previous: Side<'_>,
    directions: &[Direction],
    policy: CompatibilityPolicy,
) -> Result<Vec<Explanation>, ExplainError> {
    let new_schema = parse(schema_type, new.text, new.references).map_err(ExplainError::New)?;
    let previous_schema =
        parse(schema_type, previous.text, previous.references).map_err(ExplainError::Previous)?;
    let mut findings = check(&new_schema, &previous_schema, directions, policy)?.findings;
    findings.sort_by_key(|(_, difference)| !difference.rule.breaks(policy));
    let length = (new.text.len() + previous.text.len()).max(1);
    let detailed = (WALKED / length).clamp(ALWAYS_DETAILED, DETAILED);
    let explained = findings
        .into_iter()
        .enumerate()
        .map(|(position, (direction, difference))| {
            let breaks = difference.rule.breaks(policy);
            let mut explanation = Explanation {
                direction,
                difference,
                breaks,
                new: None,
                previous: None,
                witness: None,
            };
            if position < detailed {
                explanation.detail(
                    schema_type,
                    (&new_schema, new.text),
                    (&previous_schema, previous.text),
                );
            }
            explanation
        });
    Ok(explained.collect())
}

impl Explanation {
    /// What differs, for people, with the sides called "new" and "old".
    pub fn sentence(&self) -> String {
        match self.direction {
            Direction::Backward => self.difference.sentence("new", "old"),
            Direction::Forward => self.difference.sentence("old", "new"),
        }
    }

    /// Who breaks, where someone does.
    pub fn who_breaks(&self) -> Option<&'static str> {
        self.breaks.then_some(match self.direction {
            Direction::Backward => {
                "whoever reads with the new schema what was written with the previous one"
            }
            Direction::Forward => {
                "whoever still reads with the previous schema what is written with the new one"
            }
        })
    }

    /// Finds the places in both texts and, where the difference breaks someone, a witness.
    fn detail(&mut self, schema_type: SchemaType, new: (&Schema, &str), previous: (&Schema, &str)) {
        let (reader, writer) = match self.direction {
            Direction::Backward => (new, previous),
            Direction::Forward => (previous, new),
        };
        let in_reader = position::locate(schema_type, reader.1, &self.difference.reader_place);
        let in_writer = position::locate(schema_type, writer.1, &self.difference.writer_place);
        (self.new, self.previous) = match self.direction {
            Direction::Backward => (in_reader, in_writer),
            Direction::Forward => (in_writer, in_reader),
        };
        if self.breaks {
            self.witness = witness(reader.0, writer.0, &self.difference);
        }
    }
}

impl Witness {
    /// The bytes in hexadecimal.
    pub fn hex(&self) -> String {
        let mut hex = String::with_capacity(self.bytes.len() * 2);
        for byte in &self.bytes {
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }
}

/// A confirmed witness of a difference between a reader and a writer of one format.
pub fn witness(reader: &Schema, writer: &Schema, difference: &Difference) -> Option<Witness> {
    match (&reader.parsed, &writer.parsed) {
        (Parsed::Avro(reader), Parsed::Avro(writer)) => avro::witness(reader, writer, difference),
        (Parsed::Protobuf(reader), Parsed::Protobuf(writer)) => {
            protobuf::witness(reader, writer, difference)
        }
        (Parsed::Json(reader), Parsed::Json(writer)) => {
            json_schema::witness(reader, writer, difference)
        }
        _ => None,
    }
}

/// What can be proven of a change in each direction, whatever the rules say of it: the readers of a direction accept
/// everything that its writers may write, or they do not. Empty where the format has no such proof.
pub fn proofs(
    schema_type: SchemaType,
    new: Side<'_>,
    previous: Side<'_>,
    directions: &[Direction],
) -> Result<Vec<(Direction, Containment)>, ExplainError> {
    if schema_type != SchemaType::Json {
        return Ok(Vec::new());
    }
    let new = parse(schema_type, new.text, new.references).map_err(ExplainError::New)?;
    let previous =
        parse(schema_type, previous.text, previous.references).map_err(ExplainError::Previous)?;
    let proof = |direction: &Direction| {
        let (reader, writer) = match direction {
            Direction::Backward => (&new, &previous),
            Direction::Forward => (&previous, &new),
        };
        Some((*direction, containment(reader, writer)?))
    };
    Ok(directions.iter().filter_map(proof).collect())
}

/// Whether the reader accepts everything that the writer accepts, as sets of documents. It shows where a rule is stricter
/// or laxer than need be, and decides nothing. Only JSON Schema has such a proof; `None` for the other formats.
pub fn containment(reader: &Schema, writer: &Schema) -> Option<Containment> {
    match (&reader.parsed, &writer.parsed) {
        (Parsed::Json(reader), Parsed::Json(writer)) => {
            Some(json_schema::containment(reader, writer))
        }
        _ => None,
    }
}
