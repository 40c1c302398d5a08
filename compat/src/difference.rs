//! What a walk reports, and the rows of the tables that judge it.

use std::fmt::Write as _;

use dovetail_model::{CompatibilityPolicy, SchemaType};

/// Whether a difference lets the updated schema read what the original wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Readers of the updated schema are fine.
    Compatible,
    /// Readers of the updated schema break.
    Incompatible,
    /// They break under the strict policy; the lenient one lets it pass.
    IncompatibleIfStrict,
}

/// A row of a format's table: one kind of difference.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    /// The protocol's name, such as `READER_FIELD_MISSING_DEFAULT_VALUE`.
    pub id: &'static str,
    /// Whom it breaks going backward; forward is the same walk with the sides swapped.
    pub verdict: Verdict,
    /// The sentence for people, without its full stop. `{path}`, `{detail}`, `{reader}` and `{writer}` stand for the
    /// place, [`Difference::detail`], and the words for the two sides ("new" and "old", in the order of the direction).
    pub message: &'static str,
    /// Why it breaks whom it breaks, or why it breaks nobody: one or two sentences for people.
    pub why: &'static str,
    /// What to do instead, where it breaks someone; empty where it breaks nobody.
    pub instead: &'static str,
}

/// One difference between an original (the writer) and an update (the reader).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Difference {
    /// The kind, a row of the format's table.
    pub rule: &'static Rule,
    /// The format it was found in, which decides how the message is printed.
    pub schema_type: SchemaType,
    /// The place as the protocol prints it: a JSON pointer for Avro, `#/…` for the other two.
    pub path: String,
    /// What the rule's sentence calls `{detail}`: a field's name, two sizes, missing symbols.
    pub detail: String,
    /// What Avro's own checker says about it; the other formats have none.
    pub additional_info: Option<String>,
    /// The place in the reader's own text, as a JSON pointer (Avro, JSON Schema) or a dotted element name (Protobuf).
    pub reader_place: String,
    /// The place in the writer's own text.
    pub writer_place: String,
}

impl Rule {
    /// Whether the updated schema cannot read what the original wrote, under a policy.
    pub const fn breaks(&self, policy: CompatibilityPolicy) -> bool {
        match self.verdict {
            Verdict::Compatible => false,
            Verdict::Incompatible => true,
            Verdict::IncompatibleIfStrict => matches!(policy, CompatibilityPolicy::Strict),
        }
    }
}

impl Difference {
    /// The sentence for people. `reader` and `writer` are "new" and "old", in the order of the direction.
    pub fn sentence(&self, reader: &str, writer: &str) -> String {
        let mut sentence = String::new();
        let mut rest = self.rule.message;
        while let Some((before, after)) = rest.split_once('{') {
            sentence.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            sentence.push_str(match name {
                "path" => &self.path,
                "detail" => &self.detail,
                "reader" => reader,
                "writer" => writer,
                other => unreachable!("a rule's message has no placeholder {other}"),
            });
            rest = after;
        }
        sentence + rest
    }

    /// The message the protocol prints for it.
    pub fn message(&self, reader: &str, writer: &str) -> String {
        let quote = if self.schema_type == SchemaType::Avro {
            '\''
        } else {
            '"'
        };
        let (id, sentence) = (self.rule.id, self.sentence(reader, writer));
        let mut text =
            format!("{{errorType:{quote}{id}{quote}, description:{quote}{sentence}{quote}");
        if let Some(info) = &self.additional_info {
            let _ = write!(text, ", additionalInfo:{quote}{info}{quote}");
        }
        text.push('}');
        text
    }
}

/// Every rule of a format.
pub fn rules(schema_type: SchemaType) -> &'static [&'static Rule] {
    match schema_type {
        SchemaType::Avro => crate::avro::RULES,
        SchemaType::Protobuf => crate::protobuf::RULES,
        SchemaType::Json => crate::json_schema::RULES,
    }
}
