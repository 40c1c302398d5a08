//! What has to hold of every text and every change. A broken law is a panic, which the fuzzer reports.

use dovetail_compat::{
    Format, Report, Schema, check,
    explain::{Side, explain, proofs},
    link::mentions,
    parse, parse_lax,
    sample::Sampler,
};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};

const BOTH: [Direction; 2] = [Direction::Backward, Direction::Forward];
const STRICT: CompatibilityPolicy = CompatibilityPolicy::Strict;

/// The laws of one text: its other forms are schemas that differ in nothing from it.
pub fn of_text(schema_type: SchemaType, text: &str) {
    let _ = mentions(schema_type, text);
    if let Ok(lax) = parse_lax(schema_type, text, &[]) {
        let printed =
            parse_lax(schema_type, lax.canonical(), &[]).expect("what was printed is read again");
        assert_eq!(printed.canonical(), lax.canonical());
    }
    let Ok(schema) = parse(schema_type, text, &[]) else {
        return;
    };
    let printed =
        parse(schema_type, schema.canonical(), &[]).expect("what was printed is read again");
    assert_eq!(printed.canonical(), schema.canonical());
    let normalized = schema.normalized();
    let normal = parse(schema_type, &normalized, &[]).expect("what was normalized is read again");
    assert_eq!(normal.normalized(), normalized);
    for format in [
        Format::Resolved,
        Format::Serialized,
        Format::IgnoreExtensions,
    ] {
        let _ = schema.formatted(format);
    }
    let _ = schema.top_level_fields();
    for (new, previous) in [(&schema, &schema), (&printed, &schema), (&normal, &schema)] {
        if let Some(report) = judged(new, previous) {
            assert!(report.is_compatible(), "{:?}", report.messages());
        }
    }
    let mut sampler = Sampler::new(&schema, 7);
    for _ in 0..3 {
        let _ = sampler.draw();
    }
}

/// The laws of one change: every direction by itself says what both say together, and everything can be explained.
pub fn of_change(schema_type: SchemaType, new: &str, previous: &str) {
    let (Ok(new_schema), Ok(previous_schema)) = (
        parse(schema_type, new, &[]),
        parse(schema_type, previous, &[]),
    ) else {
        return;
    };
    let (new, previous) = (
        Side {
            text: new,
            references: &[],
        },
        Side {
            text: previous,
            references: &[],
        },
    );
    let explained = explain(schema_type, new, previous, &BOTH, STRICT);
    let Some(report) = judged(&new_schema, &previous_schema) else {
        return;
    };
    let swapped =
        judged(&previous_schema, &new_schema).expect("it costs as much the other way round");
    for (direction, other) in
        [BOTH, [Direction::Forward, Direction::Backward]].map(|[one, other]| (one, other))
    {
        let of = |report: &Report, wanted| {
            let found = report
                .findings
                .iter()
                .filter(|(direction, _)| *direction == wanted);
            found
                .map(|(_, difference)| difference.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&report, direction), of(&swapped, other));
    }
    for message in report.messages() {
        assert!(
            message.starts_with("{errorType:") && message.ends_with('}'),
            "{message}"
        );
    }
    let explained = explained.expect("what was checked can be explained");
    let broken = explained.iter().filter(|one| one.breaks).count();
    assert_eq!(broken, report.incompatibilities().count());
    assert!(
        explained
            .iter()
            .all(|one| one.breaks || one.witness.is_none())
    );
    let normal =
        |schema: &Schema| parse(schema_type, &schema.normalized(), &[]).expect("it is read again");
    if let Some(normalized) = judged(&normal(&new_schema), &normal(&previous_schema)) {
        assert_eq!(
            report.is_compatible(),
            normalized.is_compatible(),
            "{:?} {:?}",
            report.messages(),
            normalized.messages()
        );
    }
    let _ = proofs(schema_type, new, previous, &BOTH);
}

/// What is found in both directions; nothing where that costs too much.
pub fn judged(new: &Schema, previous: &Schema) -> Option<Report> {
    check(new, previous, &BOTH, STRICT).ok()
}
