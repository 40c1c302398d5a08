//! Witnesses over our own cases, the recorded pairs and the families of real schemas: how many incompatibilities get one,
//! per rule; that each can be written and cannot be read; and what a second decoder makes of it.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
};

use dovetail_compat::{
    Rule, Schema, Verdict,
    explain::{Outcome, Side, Witness, explain, witness},
    rules,
};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};
use serde_json::json;

use super::{families, read, schema, second, values::Values};

/// Incompatibilities of one rule.
#[derive(Default)]
struct Tally {
    all: usize,
    witnessed: usize,
    /// What the second decoder makes of the witnesses: by class.
    second: BTreeMap<&'static str, usize>,
    /// Those of a writer that has no value to write: a record that always contains itself.
    endless: usize,
    /// Others without a witness.
    without: Vec<String>,
}

#[derive(Default)]
struct Count {
    by_rule: BTreeMap<&'static str, Tally>,
}

/// A schema as ours and as the second decoder have it.
struct Member {
    schema: Schema,
    second: Option<apache_avro::Schema>,
    /// Whether any value of it ends.
    has_values: bool,
}

impl Member {
    fn new(schema: Schema) -> Self {
        Self {
            second: second::parsed(schema.canonical()),
            has_values: Values::of(schema.canonical()).exist(),
            schema,
        }
    }
}

impl Count {
    fn both(&mut self, one: Schema, other: Schema) {
        let (one, other) = (Member::new(one), Member::new(other));
        self.pair(&one, &other);
        self.pair(&other, &one);
    }

    fn pair(&mut self, reader: &Member, writer: &Member) {
        let report = read(&reader.schema, &writer.schema);
        let mut known: HashMap<(&str, &str, &str, &str), Option<Witness>> = HashMap::new();
        for (_, difference) in report.incompatibilities() {
            let key = (
                difference.rule.id,
                &*difference.detail,
                &*difference.reader_place,
                &*difference.writer_place,
            );
            let found = known
                .entry(key)
                .or_insert_with(|| witness(&reader.schema, &writer.schema, difference));
            let tally = self.by_rule.entry(difference.rule.id).or_default();
            tally.all += 1;
            tally.endless += usize::from(!writer.has_values);
            let Some(found) = found else {
                if writer.has_values {
                    tally.without.push(format!(
                        "{} at {}: reader {}, writer {}",
                        difference.rule.id,
                        difference.path,
                        reader.schema.canonical(),
                        writer.schema.canonical()
                    ));
                }
                continue;
            };
            tally.witnessed += 1;
            confirm(&reader.schema, &writer.schema, found);
            let class = second::on_witness(
                reader.second.as_ref(),
                writer.second.as_ref(),
                &found.bytes,
                difference,
            );
            *tally.second.entry(class).or_default() += 1;
        }
    }

    /// Prints the shares, and gives back how many there are, how many have a witness, and how many cannot have one because
    /// no value of their writer's ends.
    fn print(&self, what: &str) -> [usize; 3] {
        let mut sums = [0; 3];
        for (rule, tally) in &self.by_rule {
            let counts = [tally.all, tally.witnessed, tally.endless];
            sums = std::array::from_fn(|index| sums[index] + counts[index]);
            println!(
                "avro witnesses, {what}, {rule}: {} of {}; {} of a writer without values; a second decoder {:?}",
                tally.witnessed, tally.all, tally.endless, tally.second
            );
            for without in &tally.without {
                println!("  none: {without}");
            }
        }
        let [all, witnessed, endless] = sums;
        println!(
            "avro witnesses, {what}, all: {witnessed} of {all}; {endless} of a writer without values"
        );
        sums
    }
}

/// The writer can produce it, and the reader cannot read it.
fn confirm(reader: &Schema, writer: &Schema, witness: &Witness) {
    let own = writer.read_avro(writer, &witness.bytes);
    assert_eq!(own.as_ref(), Ok(&witness.value), "{}", writer.canonical());
    assert_eq!(
        writer.write_avro(&witness.value).as_ref(),
        Ok(&witness.bytes)
    );
    let read = reader.read_avro(writer, &witness.bytes);
    assert!(
        read.is_err(),
        "{} reads {:?}",
        reader.canonical(),
        witness.value
    );
    assert!(
        matches!(&witness.outcome, Outcome::Fails(why) if !why.is_empty()),
        "{:?}",
        witness.outcome
    );
}

#[test]
fn own_cases_have_witnesses() {
    let mut count = Count::default();
    for (new, previous) in super::cases::schemas() {
        count.both(new, previous);
    }
    let [all, witnessed, _] = count.print("own cases");
    assert_eq!(witnessed, all);
}

#[test]
fn recorded_pairs_have_witnesses() {
    let mut count = Count::default();
    for (first, second) in super::conformance::texts() {
        count.both(schema(&first), schema(&second));
    }
    let [all, witnessed, endless] = count.print("recorded pairs");
    assert_eq!(
        witnessed + endless + usize::from(all > 0),
        all,
        "all but one, in a branch without values"
    );
}

#[test]
fn versions_of_real_schemas_have_witnesses() {
    let mut count = Count::default();
    for family in families::all() {
        let members: Vec<Member> = family
            .iter()
            .map(|text| Member::new(schema(text)))
            .collect();
        for (one, writer) in members.iter().enumerate() {
            for (other, reader) in members.iter().enumerate() {
                if one != other {
                    count.pair(reader, writer);
                }
            }
        }
    }
    let [all, witnessed, endless] = count.print("real families");
    assert_eq!(witnessed + endless, all);
}

#[test]
fn every_rule_that_breaks_says_why_and_what_to_do_instead() {
    for rule in rules(SchemaType::Avro) {
        let Rule {
            id, why, instead, ..
        } = rule;
        assert!(why.ends_with('.'), "{id}: {why}");
        assert!(
            rule.verdict == Verdict::Compatible || !instead.is_empty(),
            "{id}"
        );
        assert!(!why.contains("  ") && !instead.contains("  "), "{id}");
    }
}

/// The witness of the only difference.
fn only(reader: &str, writer: &str) -> (Witness, String) {
    let (reader, writer) = (schema(reader), schema(writer));
    let report = read(&reader, &writer);
    let [(_, difference)] = report.findings.as_slice() else {
        panic!("one difference, not {:?}", report.messages());
    };
    let found = witness(&reader, &writer, difference).expect("a witness");
    confirm(&reader, &writer, &found);
    let Outcome::Fails(why) = &found.outcome else {
        panic!("it fails");
    };
    let why = why.clone();
    (found, why)
}

fn shows(reader: &str, writer: &str, value: &str, hex: &str, why: &str) {
    let (witness, sentence) = only(reader, writer);
    let mut bytes = String::new();
    for byte in &witness.bytes {
        let _ = write!(bytes, "{byte:02x}");
    }
    assert_eq!(
        (
            witness.value.to_string().as_str(),
            bytes.as_str(),
            sentence.as_str()
        ),
        (value, hex, why)
    );
}

fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#)
}

#[test]
fn a_witness_is_minimal_beside_its_way() {
    shows(
        r#""int""#,
        r#""string""#,
        r#""""#,
        "00",
        "a string was written, and the reader wants an int",
    );
    shows(
        &record(r#"{"name":"a","type":"int"},{"name":"b","type":{"type":"array","items":"int"}}"#),
        &record(r#"{"name":"a","type":"int"},{"name":"b","type":{"type":"array","items":"long"}}"#),
        r#"{"a":0,"b":[0]}"#,
        "00020000",
        "at /b/0, a long was written, and the reader wants an int",
    );
    shows(
        r#"{"type":"map","values":"int"}"#,
        r#"{"type":"map","values":["int","null"]}"#,
        r#"{"":null}"#,
        "02000200",
        "at /, null was written, and the reader wants an int",
    );
    shows(
        r#"{"type":"enum","name":"E","symbols":["A","B"]}"#,
        r#"{"type":"enum","name":"E","symbols":["A","C","B"]}"#,
        r#""C""#,
        "02",
        "the symbol \"C\" was written, which the reader's enum lacks",
    );
    shows(
        r#"{"type":"fixed","name":"F","size":1}"#,
        r#"{"type":"fixed","name":"F","size":2}"#,
        "\"\\u0000\\u0000\"",
        "0000",
        "2 bytes were written, and the reader wants 1 bytes",
    );
    shows(
        &record(r#"{"name":"f","type":"string"}"#),
        &record(""),
        "{}",
        "",
        "nothing was written for the reader's field \"f\", and it has no default",
    );
}

#[test]
fn a_recursive_type_leaves_through_its_shortest_exit() {
    let list = |value: &str| {
        record(&format!(
            r#"{{"name":"next","type":["R","null"]}},{{"name":"others","type":{{"type":"array","items":"R"}}}},{{"name":"value","type":"{value}"}}"#
        ))
    };
    shows(
        &list("int"),
        &list("long"),
        r#"{"next":null,"others":[],"value":0}"#,
        "020000",
        "at /value, a long was written, and the reader wants an int",
    );
}

#[test]
fn a_branch_that_fits_by_name_fails_inside() {
    let tree = |kind: &str| {
        format!(
            r#"["null",{}]"#,
            record(&format!(
                r#"{{"name":"a","type":{{"type":"array","items":["null","{kind}"]}}}}"#
            ))
        )
    };
    shows(
        &tree("int"),
        &tree("string"),
        r#"{"R":{"a":[{"string":""}]}}"#,
        "0202020000",
        "at /R/a/0/string, a string was written, and the reader's union has no branch for it",
    );
}

#[test]
fn a_witness_fails_at_its_own_difference() {
    let reader = schema(&record(
        r#"{"name":"a","type":"int"},{"name":"b","type":{"type":"array","items":"int"}}"#,
    ));
    let writer = schema(&record(
        r#"{"name":"a","type":"string"},{"name":"b","type":{"type":"array","items":"string"}}"#,
    ));
    let report = read(&reader, &writer);
    let sentences: Vec<String> = report
        .incompatibilities()
        .filter_map(
            |(_, difference)| match witness(&reader, &writer, difference)?.outcome {
                Outcome::Fails(why) => Some(why),
                Outcome::ReadsAs(_) => None,
            },
        )
        .collect();
    assert_eq!(
        sentences,
        [
            "at /a, a string was written, and the reader wants an int",
            "at /b/0, a string was written, and the reader wants an int",
        ]
    );
}

#[test]
fn a_type_without_finite_values_has_no_witness() {
    let endless = |kind: &str| {
        record(&format!(
            r#"{{"name":"next","type":"R"}},{{"name":"value","type":"{kind}"}}"#
        ))
    };
    let (reader, writer) = (schema(&endless("int")), schema(&endless("string")));
    let report = read(&reader, &writer);
    let (_, difference) = &report.findings[0];
    assert_eq!(witness(&reader, &writer, difference), None);
}

/// Records in a chain, each twice in the next: values would be of exponential size, and of any depth.
#[test]
fn values_beyond_the_bounds_are_not_made() {
    let chain = |uses: &str, last: &str, count: usize| {
        let mut branches = vec![format!(
            r#"{{"type":"record","name":"R0","fields":[{{"name":"a","type":"{last}"}}]}}"#
        )];
        branches.extend((1..count).map(|index| {
            let used = uses.replace("USED", &format!("R{}", index - 1));
            format!(r#"{{"type":"record","name":"R{index}","fields":[{used}]}}"#)
        }));
        format!("[{}]", branches.join(","))
    };
    for (uses, count) in [
        (
            r#"{"name":"a","type":"USED"},{"name":"b","type":"USED"}"#,
            150,
        ),
        (r#"{"name":"a","type":"USED"}"#, 3_000),
    ] {
        let (reader, writer) = (
            schema(&chain(uses, "int", count)),
            schema(&chain(uses, "string", count)),
        );
        let report = read(&reader, &writer);
        let witnessed = report
            .incompatibilities()
            .take(500)
            .filter_map(|(_, difference)| witness(&reader, &writer, difference))
            .inspect(|found| confirm(&reader, &writer, found))
            .count();
        assert!(witnessed > 10, "{witnessed}");
        let (_, last) = report.findings.last().expect("differences");
        assert_eq!(witness(&reader, &writer, last), None, "{}", last.detail);
    }
}

#[test]
fn an_explanation_carries_its_witness_and_both_places() {
    let side = |text| Side {
        text,
        references: &[],
    };
    let explained = explain(
        SchemaType::Avro,
        side("{\"type\": \"record\", \"name\": \"R\", \"fields\": [\n  {\"name\": \"a\", \"type\": \"int\"}]}"),
        side(r#"{"type": "record", "name": "R", "fields": []}"#),
        &[Direction::Backward, Direction::Forward],
        CompatibilityPolicy::Strict,
    )
    .expect("an explanation");
    let [one] = explained.as_slice() else {
        panic!("one difference, not {}", explained.len());
    };
    let place = one.new.as_ref().expect("a place in the new text");
    assert_eq!((place.place.as_str(), place.line), ("/fields/0", 2));
    assert!(one.breaks && one.direction == Direction::Backward);
    let witness = one.witness.as_ref().expect("a witness");
    assert_eq!((&witness.value, witness.bytes.len()), (&json!({}), 0));
}

/// Far more differences than a reading notes: each still finds its own.
#[test]
fn the_last_of_many_differences_has_a_witness() {
    let fields = |kind: &str| {
        let fields: Vec<String> = (0..3_000)
            .map(|index| format!(r#"{{"name":"f{index}","type":"{kind}"}}"#))
            .collect();
        schema(&record(&fields.join(",")))
    };
    let (reader, writer) = (fields("int"), fields("string"));
    let report = read(&reader, &writer);
    let (_, last) = report.findings.last().expect("differences");
    let found = witness(&reader, &writer, last).expect("a witness");
    assert_eq!(
        found.outcome,
        Outcome::Fails("at /f2999, a string was written, and the reader wants an int".to_owned())
    );
}
