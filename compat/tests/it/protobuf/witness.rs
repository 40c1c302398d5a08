//! Witnesses: which incompatibilities have one, and that another implementation of Protobuf says the same of each.

use std::collections::BTreeMap;

use dovetail_compat::{
    Difference, Verdict,
    explain::{Outcome, Witness, witness},
    rules,
};
use dovetail_model::{CompatibilityPolicy, SchemaType};

use super::{
    differences, opinion,
    pairs::{self, Pair, Source},
};

#[derive(Default)]
struct Count {
    incompatibilities: usize,
    witnesses: usize,
    confirmed: usize,
}

type Counts = BTreeMap<&'static str, Count>;

/// How many witnesses our own cases have, of how many incompatibilities. What has none loses no value on the wire:
///
/// - `PACKAGE_CHANGED`: the package is not on the wire.
/// - `FIELD_NAMED_TYPE_CHANGED`: another name for a type with the same fields, or a type that no field uses.
/// - `FIELD_NUMERIC_LABEL_CHANGED`: one number is read as a list of one; a required field is there when it is optional.
/// - `MESSAGE_REMOVED`: the message moved into an import and kept its name.
/// - `FIELD_KIND_CHANGED`: a map is read as the list of its entries.
/// - `FIELD_MOVED_TO_EXISTING_ONEOF`: a member does not arrive even when it is set alone, for another reason.
const OWN: &[(&str, usize, usize)] = &[
    ("FIELD_KIND_CHANGED", 15, 16),
    ("FIELD_MOVED_TO_EXISTING_ONEOF", 11, 12),
    ("FIELD_NAMED_TYPE_CHANGED", 16, 27),
    ("FIELD_NUMERIC_LABEL_CHANGED", 9, 18),
    ("FIELD_SCALAR_KIND_CHANGED", 70, 70),
    ("MESSAGE_REMOVED", 9, 11),
    ("MULTIPLE_FIELDS_MOVED_TO_ONEOF", 4, 4),
    ("ONEOF_FIELD_REMOVED", 11, 11),
    ("PACKAGE_CHANGED", 0, 4),
    ("REQUIRED_FIELD_ADDED", 4, 4),
    ("REQUIRED_FIELD_REMOVED", 4, 4),
];

/// Counts over all pairs in both directions. What the other implementation says otherwise is a failure.
fn count(pairs: &[Pair]) -> (Counts, Vec<String>) {
    let (mut counts, mut without) = (Counts::new(), Vec::new());
    for pair in pairs {
        for (reader, writer) in [(&pair.new, &pair.previous), (&pair.previous, &pair.new)] {
            let (read_with, written_with) = (reader.schema(), writer.schema());
            for difference in differences(&read_with, &written_with) {
                if !difference.rule.breaks(CompatibilityPolicy::Strict) {
                    continue;
                }
                let count = counts.entry(difference.rule.id).or_default();
                count.incompatibilities += 1;
                let Some(witness) = witness(&read_with, &written_with, &difference) else {
                    let what = format!("{} {}", difference.rule.id, difference.path);
                    without.push(format!("{what} ({}; {})", difference.detail, pair.name));
                    continue;
                };
                count.witnesses += 1;
                match confirmed(reader, writer, &difference, &witness) {
                    Ok(confirmed) => count.confirmed += usize::from(confirmed),
                    // It has no groups.
                    Err(error) if error.contains("Group field is not supported") => {}
                    Err(error) => panic!("{}: {difference:?}\n{witness:?}\n{error}", pair.name),
                }
            }
        }
    }
    (counts, without)
}

/// Whether the other implementation reads the witness as the writer meant it, and the reader as we say. It refuses some
/// texts, and says nothing about those.
fn confirmed(
    reader: &Source,
    writer: &Source,
    difference: &Difference,
    witness: &Witness,
) -> Result<bool, String> {
    let types = (opinion::Types::of(reader), opinion::Types::of(writer));
    // It prints well-known types as plain messages.
    let well_known = writer.text.contains("google/protobuf/");
    let (Ok(reader), Ok(writer)) = types else {
        return Ok(false);
    };
    let meant = writer
        .message_at(&difference.writer_place)
        .ok_or("the writer has no such message")?;
    let meant = opinion::read(&meant, &witness.bytes)?;
    if meant != opinion::without_defaults(witness.value.clone()) {
        if well_known {
            return Ok(false);
        }
        return Err(format!("the writer means {meant}"));
    }
    let message = if difference.rule.id == "MESSAGE_REMOVED" {
        None
    } else {
        reader.message_at(&difference.reader_place)
    };
    let read = message.map(|message| opinion::read(&message, &witness.bytes));
    match (&witness.outcome, read) {
        (Outcome::Fails(_), None | Some(Err(_))) => Ok(true),
        (Outcome::ReadsAs(claimed), Some(Ok(read)))
            if opinion::without_defaults(claimed.clone()) == read =>
        {
            Ok(true)
        }
        (_, read) => Err(format!("the reader reads {read:?}")),
    }
}

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn print(title: &str, counts: &Counts, without: &[String]) {
    let total = |part: fn(&Count) -> usize| counts.values().map(part).sum::<usize>();
    println!(
        "{title}: {} of {} incompatibilities have a witness, {} of them confirmed by rust-protobuf",
        total(|count| count.witnesses),
        total(|count| count.incompatibilities),
        total(|count| count.confirmed)
    );
    for (rule, count) in counts {
        let Count {
            incompatibilities,
            witnesses,
            confirmed,
        } = count;
        println!("  {rule}: {witnesses} of {incompatibilities}, {confirmed} confirmed");
    }
    for one in without {
        println!("  without: {one}");
    }
}

#[test]
fn witnesses_of_our_own_cases_are_confirmed() {
    let (counts, without) = count(&pairs::own());
    print("own cases", &counts, &without);
    for (rule, witnesses, incompatibilities) in OWN {
        let count = &counts[rule];
        assert!(count.witnesses >= *witnesses, "{rule}: {}", count.witnesses);
        assert!(count.incompatibilities >= *incompatibilities, "{rule}");
    }
    assert_eq!(counts.len(), OWN.len());
    let confirmed: usize = counts.values().map(|count| count.confirmed).sum();
    assert!(confirmed >= 149, "{confirmed}");
}

#[test]
fn witnesses_of_the_published_cases_are_confirmed() {
    let (counts, without) = count(&pairs::published());
    print("published cases", &counts, &without);
    if !counts.is_empty() {
        let witnesses: usize = counts.values().map(|count| count.witnesses).sum();
        let confirmed: usize = counts.values().map(|count| count.confirmed).sum();
        assert!(
            witnesses >= 30 && confirmed >= 30,
            "{witnesses}, {confirmed}"
        );
    }
}

#[test]
fn witnesses_are_small_and_say_what_happens() {
    let one = |previous: &str, new: &str| {
        let (previous, new) = (super::proto(previous), super::proto(new));
        let found = differences(&new, &previous)
            .iter()
            .find_map(|difference| witness(&new, &previous, difference))
            .expect("there is a witness");
        (found.value.to_string(), found.bytes, found.outcome)
    };
    let reads = |json: &str| Outcome::ReadsAs(serde_json::from_str(json).expect("it is JSON"));
    let message = |body: &str| format!("syntax = \"proto2\"; package p; message M {{ {body} }}");
    assert_eq!(
        one(
            &message("optional int32 a_b = 1;"),
            &message("optional sint32 a_b = 1;")
        ),
        (r#"{"aB":1}"#.to_owned(), vec![8, 1], reads(r#"{"aB":-1}"#))
    );
    assert_eq!(
        one(
            &message("optional int32 a = 1; optional string b = 2;"),
            &message("oneof o { int32 a = 1; string b = 2; }")
        ),
        (
            r#"{"a":1,"b":"a"}"#.to_owned(),
            vec![8, 1, 18, 1, b'a'],
            reads(r#"{"b":"a"}"#)
        )
    );
    assert_eq!(
        one(&message(""), &message("required int32 a = 1;")),
        (
            "{}".to_owned(),
            Vec::new(),
            Outcome::Fails("the required field \"p.M.a\" is missing".to_owned())
        )
    );
    assert_eq!(
        one("package p; message Gone {}", "package p;").2,
        Outcome::Fails("the reader has no message \"p.Gone\"".to_owned())
    );
    // Whatever else is required is there as well, at its default.
    assert_eq!(
        one(
            &message(
                "required M2 m = 7; message M2 { required string s = 1; } repeated int32 a = 1;"
            ),
            &message(
                "required M2 m = 7; message M2 { required string s = 1; } optional int32 a = 1;"
            )
        ),
        (
            r#"{"a":[1,2],"m":{"s":""}}"#.to_owned(),
            vec![8, 1, 8, 2, 58, 2, 10, 0],
            reads(r#"{"a":2,"m":{"s":""}}"#)
        )
    );
}

#[test]
fn what_is_required_without_end_has_no_witness_and_takes_no_stack() {
    let text = |type_: &str| {
        format!(
            "message M {{ required M m = 1; optional {type_} a = 2; }} message N {{ optional N n = 1; optional {type_} a = 2; }}"
        )
    };
    let (previous, new) = (super::proto(&text("int32")), super::proto(&text("string")));
    let found: Vec<bool> = differences(&new, &previous)
        .iter()
        .map(|difference| witness(&new, &previous, difference).is_some())
        .collect();
    assert_eq!(found, [false, true]);
}

#[test]
fn more_required_fields_than_anybody_would_read_have_no_witness() {
    let text = |type_: &str, fields: usize| {
        let field = |number| format!("required {type_} f{number} = {number};");
        let fields: Vec<String> = (1..=fields).map(field).collect();
        format!("message M {{ {} }}", fields.concat())
    };
    for fields in [200, 900, 12_000] {
        let run = move || {
            let (previous, new) = (text("int32", fields), text("sint32", fields));
            let (previous, new) = (super::proto(&previous), super::proto(&new));
            let found = differences(&new, &previous)
                .iter()
                .filter(|difference| witness(&new, &previous, difference).is_some())
                .count();
            println!("{found} witnesses for {fields} fields");
            found
        };
        let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
        let found = thread
            .spawn(run)
            .expect("it starts")
            .join()
            .expect("it ends");
        assert_eq!(found > 0, fields == 200, "{fields}");
    }
}

#[test]
fn a_witness_costs_no_more_than_the_message_it_is_of() {
    let run = |name: &str, text: &dyn Fn(&str) -> String| {
        let (previous, new) = (super::proto(&text("int32")), super::proto(&text("sint32")));
        let differences = differences(&new, &previous);
        let started = std::time::Instant::now();
        let found = differences
            .iter()
            .filter(|difference| witness(&new, &previous, difference).is_some())
            .count();
        let (took, all) = (started.elapsed(), differences.len());
        println!("{name}: {found} witnesses for {all} differences in {took:?}");
    };
    let fields = |count: usize, type_: &str| -> String {
        let field = |number| format!("{type_} f{number} = {number};");
        (1..=count).map(field).collect()
    };
    run("3 messages of 1,000 fields", &|type_| {
        let message = |at| format!("message M{at} {{ {} }}", fields(1_000, type_));
        "syntax = \"proto3\";".to_owned() + &(0..3).map(message).collect::<String>()
    });
    run("3 oneofs of 1,000 members", &|type_| {
        let message = |at| format!("message M{at} {{ oneof o {{ {} }} }}", fields(1_000, type_));
        "syntax = \"proto3\";".to_owned() + &(0..3).map(message).collect::<String>()
    });
    run("2,000 messages", &|type_| {
        let message = |at| format!("message M{at} {{ {type_} a = 1; }}");
        "syntax = \"proto3\";".to_owned() + &(0..2_000).map(message).collect::<String>()
    });
    run("500 fields of two types of 900 fields", &|type_| {
        let body = fields(900, "int32");
        let types = if type_ == "int32" {
            ["A", "B"]
        } else {
            ["B", "A"]
        };
        let message = |at: usize| format!("message U{at} {{ {} }}", fields(100, types[at % 2]));
        let uses: Vec<String> = (1..=5).map(message).collect();
        let uses = uses.concat();
        format!("syntax = \"proto3\"; message A {{ {body} }} message B {{ {body} }} {uses}")
    });
}

#[test]
fn every_rule_says_why_and_every_rule_that_breaks_says_what_to_do_instead() {
    for rule in rules(SchemaType::Protobuf) {
        assert!(!rule.why.is_empty(), "{}", rule.id);
        let breaks = rule.verdict != Verdict::Compatible;
        assert_eq!(breaks, !rule.instead.is_empty(), "{}", rule.id);
    }
}
