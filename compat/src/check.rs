//! The one check: a new schema against one previous version, in the directions a level asks for.

use dovetail_model::{CompatibilityPolicy, Direction};

use crate::{Difference, Schema, TooComplex, avro, json_schema, protobuf, schema::Parsed};

/// Everything that differs between a new schema and one previous version, by direction.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The format changed: the new one and the previous one. There are no findings then.
    pub type_change: Option<(dovetail_model::SchemaType, dovetail_model::SchemaType)>,
    /// What was found, in the order of the directions asked for. Compatible differences are included.
    pub findings: Vec<(Direction, Difference)>,
    policy: CompatibilityPolicy,
}

/// Compares a new schema with a previous one in each direction. Backward: the new one reads what the previous one wrote.
/// Forward: the other way round, which is the same walk with the sides swapped.
///
/// ```
/// use dovetail_compat::{check, parse};
/// use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};
/// let previous = parse(SchemaType::Avro, r#""int""#, &[]).unwrap();
/// let new = parse(SchemaType::Avro, r#""long""#, &[]).unwrap();
/// let report = |direction| check(&new, &previous, &[direction], CompatibilityPolicy::Strict).unwrap();
/// assert!(report(Direction::Backward).is_compatible());
/// assert!(!report(Direction::Forward).is_compatible());
/// ```
pub fn check(
    new: &Schema,
    previous: &Schema,
    directions: &[Direction],
    policy: CompatibilityPolicy,
) -> Result<Report, TooComplex> {
    let mut report = Report {
        policy,
        ..Report::default()
    };
    if new.schema_type() != previous.schema_type() {
        report.type_change =
            (!directions.is_empty()).then(|| (new.schema_type(), previous.schema_type()));
        return Ok(report);
    }
    for &direction in directions {
        let (reader, writer) = match direction {
            Direction::Backward => (new, previous),
            Direction::Forward => (previous, new),
        };
        let found = differences(reader, writer)?;
        report
            .findings
            .extend(found.into_iter().map(|difference| (direction, difference)));
    }
    Ok(report)
}

/// Everything in which the reader (the update) differs from the writer (the original).
fn differences(reader: &Schema, writer: &Schema) -> Result<Vec<Difference>, TooComplex> {
    match (&reader.parsed, &writer.parsed) {
        (Parsed::Avro(reader), Parsed::Avro(writer)) => avro::differences(reader, writer),
        (Parsed::Protobuf(reader), Parsed::Protobuf(writer)) => {
            protobuf::differences(reader, writer)
        }
        (Parsed::Json(reader), Parsed::Json(writer)) => json_schema::differences(reader, writer),
        _ => unreachable!("the caller compares schemas of one format"),
    }
}

impl Report {
    /// Whether nothing breaks in any direction that was checked.
    pub fn is_compatible(&self) -> bool {
        self.type_change.is_none() && self.incompatibilities().next().is_none()
    }

    /// The findings that break someone under the policy of the check.
    pub fn incompatibilities(&self) -> impl Iterator<Item = &(Direction, Difference)> {
        self.findings
            .iter()
            .filter(|(_, difference)| difference.rule.breaks(self.policy))
    }

    /// The messages of the protocol, one for each incompatibility.
    pub fn messages(&self) -> Vec<String> {
        if let Some((new, previous)) = self.type_change {
            return vec![format!(
                "{{errorType:'SCHEMA_TYPE_CHANGED', description:'The new schema is {new}, the old one is {previous}; \
                 a subject keeps its format unless its compatibility level is NONE'}}"
            )];
        }
        let message = |(direction, difference): &(Direction, Difference)| match direction {
            Direction::Backward => difference.message("new", "old"),
            Direction::Forward => difference.message("old", "new"),
        };
        self.incompatibilities().map(message).collect()
    }
}
