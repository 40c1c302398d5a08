//! What is called compatible is really read: values written with one version, read with the other.

use std::{cell::RefCell, collections::BTreeMap};

use dovetail_compat::{
    Difference, Schema, check,
    explain::{Witness, witness},
    parse,
};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::json;

use super::{
    evolution::Program,
    families, read, schema, second,
    values::{Choices, Values},
};

/// What happened, and how often.
#[derive(Default)]
struct Tally(RefCell<BTreeMap<&'static str, usize>>);

impl Tally {
    fn note(&self, what: &'static str) {
        *self.0.borrow_mut().entry(what).or_default() += 1;
    }

    fn count(&self, what: &str) -> usize {
        self.0.borrow().get(what).copied().unwrap_or(0)
    }

    fn print(&self, what: &str) {
        for (event, count) in &*self.0.borrow() {
            println!("avro soundness, {what}: {event}: {count}");
        }
    }
}

/// One version and another, and a source for values.
struct Versions<'a> {
    reader: &'a Schema,
    writer: &'a Schema,
    values: Values,
    /// As the second decoder has them.
    second: Option<(apache_avro::Schema, apache_avro::Schema)>,
}

impl<'a> Versions<'a> {
    fn new(reader: &'a Schema, writer: &'a Schema) -> Self {
        let parsed = |schema: &Schema| second::parsed(schema.canonical());
        Self {
            reader,
            writer,
            values: Values::of(writer.canonical()),
            second: parsed(reader).zip(parsed(writer)),
        }
    }

    /// Writes a value and reads it, as a compatible reader must be able to.
    fn survives(&self, choices: &mut Choices<'_>, tally: &Tally) -> Result<(), String> {
        let Some(value) = self.values.make(choices) else {
            tally.note("values that do not end");
            return Ok(());
        };
        let bytes = self
            .writer
            .write_avro(&value)
            .map_err(|why| format!("not written: {why}: {value}"))?;
        let own = self.writer.read_avro(self.writer, &bytes);
        if own.as_ref() != Ok(&value) {
            return Err(format!("written {value}, read {own:?}"));
        }
        let read = match self.reader.read_avro(self.writer, &bytes) {
            Ok(read) => read,
            Err(why) => return Err(format!("{why}; {value}")),
        };
        tally.note("values read");
        let again = self
            .reader
            .write_avro(&read)
            .map_err(|why| format!("{read} is not the reader's: {why}"))?;
        tally.note(self.second_opinion(&bytes, &again));
        Ok(())
    }

    fn second_opinion(&self, bytes: &[u8], again: &[u8]) -> &'static str {
        let Some((reader, writer)) = &self.second else {
            return "second decoder: takes no such schema";
        };
        let has_aliases = self.reader.canonical().contains("\"aliases\":[\"");
        match second::reads(reader, writer, bytes) {
            Ok(read) if read == again => "second decoder: reads the same",
            _ if has_aliases => "second decoder: differs, and ignores the reader's aliases",
            // It picks a branch by what the value looks like: a record that a map also fits, an enum of the same symbols.
            Ok(_) if Values::of(self.reader.canonical()).has_wide_union() => {
                "second decoder: reads another branch of a union"
            }
            Ok(_) => "second decoder: reads another value",
            Err(why) if why.contains("UnionSchema") => "second decoder: finds no branch",
            Err(why) => {
                println!("avro soundness: a second decoder fails: {why:.200}");
                "second decoder: fails otherwise"
            }
        }
    }

    /// Whether the witness fails for the second decoder as well.
    fn second_refuses(&self, found: &Witness, difference: &Difference) -> &'static str {
        let (reader, writer) = self
            .second
            .as_ref()
            .map(|(one, other)| (one, other))
            .unzip();
        second::on_witness(reader, writer, &found.bytes, difference)
    }
}

fn runner(cases: u32) -> TestRunner {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn choices() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>)> {
    (
        vec(any::<u8>(), 0..120),
        vec(any::<u8>(), 0..40),
        vec(any::<u8>(), 60..200),
    )
}

#[test]
fn what_is_compatible_is_read_and_what_is_not_fails() {
    let tally = Tally::default();
    let result = runner(3_000).run(&choices(), |(old, steps, values)| {
        let old = Program::make(&mut Choices::new(&old));
        let new = old.evolve(&mut Choices::new(&steps));
        let (old, new) = (old.text(), new.text());
        let take = |text: &str| parse(SchemaType::Avro, text, &[]).ok();
        let (Some(one), Some(other)) = (take(&old), take(&new)) else {
            tally.note("texts refused");
            return Ok(());
        };
        for (reader, writer) in [(&one, &other), (&other, &one)] {
            check_pair(reader, writer, &values, &tally).map_err(|why| {
                let texts = format!(
                    "reader {}\nwriter {}",
                    reader.canonical(),
                    writer.canonical()
                );
                TestCaseError::fail(format!("{why}\n{texts}"))
            })?;
        }
        Ok(())
    });
    tally.print("generated");
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(tally.count("values read") > 5_000);
    assert_eq!(tally.count("refusals not shown"), 0);
    assert_eq!(tally.count("second decoder: reads another value"), 0);
    let same = tally.count("second decoder: reads the same");
    assert!(same * 10 >= tally.count("values read") * 8, "{same}");
}

fn check_pair(
    reader: &Schema,
    writer: &Schema,
    values: &[u8],
    tally: &Tally,
) -> Result<(), String> {
    let versions = Versions::new(reader, writer);
    let report = read(reader, writer);
    if report.is_compatible() {
        tally.note("pairs compatible");
        return values
            .chunks(20)
            .try_for_each(|chunk| versions.survives(&mut Choices::new(chunk), tally));
    }
    tally.note("pairs incompatible");
    let mut any = false;
    for (_, difference) in report.incompatibilities() {
        tally.note("differences");
        if let Some(found) = witness(reader, writer, difference) {
            any = true;
            tally.note("differences with a witness");
            if reader.read_avro(writer, &found.bytes).is_ok() {
                return Err(format!("the witness {} is read", found.value));
            }
            tally.note(versions.second_refuses(&found, difference));
        }
    }
    tally.note(match (any, versions.values.exist()) {
        (true, _) => "refusals shown",
        (false, false) => "refusals of a writer without values",
        (false, true) => {
            println!(
                "not shown: {:?}\n  {}\n  {}",
                report.messages(),
                reader.canonical(),
                writer.canonical()
            );
            "refusals not shown"
        }
    });
    Ok(())
}

/// Bytes of no meaning in particular, for the corpus.
fn noise(seed: usize) -> Vec<u8> {
    let mut state = seed as u64;
    let next = || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed.to_be_bytes()[1]
    };
    std::iter::repeat_with(next).take(400).collect()
}

#[test]
fn versions_of_real_schemas_are_read() {
    let tally = Tally::default();
    let mut wrong = Vec::new();
    for family in families::all() {
        let parsed: Vec<Schema> = family.iter().map(|text| schema(text)).collect();
        for (one, reader) in parsed.iter().enumerate() {
            for (other, writer) in parsed.iter().enumerate() {
                if !read(reader, writer).is_compatible() {
                    tally.note("pairs incompatible");
                    continue;
                }
                tally.note("pairs compatible");
                let versions = Versions::new(reader, writer);
                for seed in 0..3 {
                    let noise = noise(one * 1000 + other * 10 + seed);
                    let result = versions.survives(&mut Choices::new(&noise), &tally);
                    wrong.extend(result.err());
                }
            }
        }
    }
    tally.print("real families");
    assert_eq!(tally.count("second decoder: reads another value"), 0);
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn recorded_pairs_that_are_compatible_are_read() {
    let tally = Tally::default();
    let mut wrong = Vec::new();
    for (index, (first, second)) in super::conformance::texts().enumerate() {
        let (one, other) = (schema(&first), schema(&second));
        for (reader, writer) in [(&one, &other), (&other, &one)] {
            if !read(reader, writer).is_compatible() {
                continue;
            }
            tally.note("pairs compatible");
            let versions = Versions::new(reader, writer);
            for seed in 0..3 {
                let noise = noise(index * 10 + seed);
                let result = versions.survives(&mut Choices::new(&noise), &tally);
                let texts = || {
                    format!(
                        "\nreader {}\nwriter {}",
                        reader.canonical(),
                        writer.canonical()
                    )
                };
                wrong.extend(result.err().map(|why| why + &texts()));
            }
        }
    }
    tally.print("recorded pairs");
    assert_eq!(tally.count("second decoder: fails otherwise"), 0);
    assert_eq!(tally.count("second decoder: reads another value"), 0);
    let same = tally.count("second decoder: reads the same");
    assert!(same * 10 >= tally.count("values read") * 9, "{same}");
    for wrong in wrong.iter().take(5) {
        println!("not read: {wrong}");
    }
    assert_eq!(wrong.len(), 0);
}

proptest! {
    #![proptest_config(Config { cases: 1_000, failure_persistence: None, ..Config::default() })]

    /// A schema reads itself; forward is backward with the sides swapped; both directions are one and then the other.
    #[test]
    fn directions_keep_their_laws(old in vec(any::<u8>(), 0..120), steps in vec(any::<u8>(), 0..40)) {
        let old = Program::make(&mut Choices::new(&old));
        let new = old.evolve(&mut Choices::new(&steps));
        let take = |text: &str| parse(SchemaType::Avro, text, &[]).ok();
        let (Some(old), Some(new)) = (take(&old.text()), take(&new.text())) else {
            return Ok(());
        };
        let findings = |new: &Schema, old: &Schema, directions: &[Direction]| {
            let report = check(new, old, directions, CompatibilityPolicy::Strict).expect("within the bounds");
            report.findings.into_iter().map(|(_, found)| found).collect::<Vec<_>>()
        };
        prop_assert!(findings(&new, &new, &[Direction::Backward, Direction::Forward]).is_empty());
        let backward = findings(&new, &old, &[Direction::Backward]);
        let forward = findings(&new, &old, &[Direction::Forward]);
        prop_assert_eq!(&forward, &findings(&old, &new, &[Direction::Backward]));
        let both = findings(&new, &old, &[Direction::Backward, Direction::Forward]);
        prop_assert_eq!([backward, forward].concat(), both);
    }
}

proptest! {
    #![proptest_config(Config { cases: 500, failure_persistence: None, ..Config::default() })]

    /// Bytes from anywhere end in a value or an error, with any schema.
    #[test]
    fn hostile_bytes_do_no_harm(old in vec(any::<u8>(), 0..80), steps in vec(any::<u8>(), 0..20), bytes in vec(any::<u8>(), 0..60)) {
        let old = Program::make(&mut Choices::new(&old));
        let new = old.evolve(&mut Choices::new(&steps));
        let take = |text: &str| parse(SchemaType::Avro, text, &[]).ok();
        let (Some(one), Some(other)) = (take(&old.text()), take(&new.text())) else {
            return Ok(());
        };
        for (reader, writer) in [(&one, &other), (&other, &one), (&one, &one)] {
            let _ = reader.read_avro(writer, &bytes);
        }
        if let Ok(value) = one.read_avro(&one, &bytes) {
            let again = one.write_avro(&value).expect("what was read can be written");
            prop_assert_eq!(one.read_avro(&one, &again), Ok(value));
        }
    }
}

#[test]
fn huge_counts_and_deep_values_are_refused() {
    let refused = |text: &str, bytes: &[u8]| {
        let schema = schema(text);
        schema.read_avro(&schema, bytes).expect_err("refused")
    };
    let huge = [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
    let negative = [0x01];
    let nulls = r#"{"type":"array","items":"null"}"#;
    assert_eq!(refused(nulls, &huge), "the value has too many parts");
    assert_eq!(refused(r#""bytes""#, &huge), "the bytes end too early");
    assert_eq!(refused(r#""bytes""#, &negative), "a length is negative");
    let list = r#"{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]}]}"#;
    assert_eq!(refused(list, &vec![2; 100_000]), "the value nests too deep");
    assert_eq!(refused(r#""int""#, &[0x80; 20]), "a number does not end");
    assert_eq!(refused(r#""long""#, &[]), "the bytes end too early");
    assert_eq!(
        refused(r#""null""#, &[0]),
        "bytes are left over behind the value"
    );
}

/// Where Java's checker, and so ours, calls compatible what readers cannot read. Its verdicts are the contract, so these
/// stay as they are; should one change, this says so.
#[test]
fn holes_of_the_checker_are_known() {
    let unread = |reader: &str, writer: &str, value: serde_json::Value| {
        let (reader, writer) = (schema(reader), schema(writer));
        assert!(read(&reader, &writer).is_compatible());
        let bytes = writer.write_avro(&value).expect("a value");
        reader.read_avro(&writer, &bytes).expect_err("not read")
    };
    let record = |name: &str, kind: &str| {
        format!(r#"{{"type":"record","name":"{name}","fields":[{{"name":"x","type":"{kind}"}}]}}"#)
    };
    assert_eq!(
        unread(
            &format!("[{},{}]", record("a.R", "string"), record("b.R", "int")),
            &record("a.R", "int"),
            json!({"x": 1}),
        ),
        "at /x, an int was written, and the reader wants a string",
        "the checker counts a branch of the same simple name, and readers take the one of the same full name"
    );
    let with = |kind: &str, default: &str| {
        format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{kind},"default":{default}}}]}}"#
        )
    };
    let empty = r#"{"type":"record","name":"R","fields":[]}"#;
    let no_value =
        "nothing was written for the reader's field \"f\", and its default is no value of its type";
    for (kind, default) in [
        (r#"{"type":"enum","name":"E","symbols":["A"]}"#, r#""B""#),
        (r#"{"type":"fixed","name":"F","size":2}"#, r#""a""#),
        (r#""bytes""#, r#""\u0100""#),
    ] {
        assert_eq!(
            unread(&with(kind, default), empty, json!({})),
            no_value,
            "the checker does not look into defaults"
        );
    }
}

/// Defaults that hold defaults: as deep as a chain of types, or twice as many at each step.
#[test]
fn defaults_of_any_size_end() {
    let chain = |uses: &str, count: usize| {
        let mut types = vec![r#"{"type":"record","name":"R0","fields":[]}"#.to_owned()];
        types.extend((1..count).map(|index| {
            let used = uses.replace("USED", &format!("R{}", index - 1));
            format!(r#"{{"type":"record","name":"R{index}","fields":[{used}]}}"#)
        }));
        let top =
            r#"{"type":"record","name":"Top","fields":[{"name":"f","type":"LAST","default":{}}]}"#;
        types.push(top.replace("LAST", &format!("R{}", count - 1)));
        schema(&format!("[{}]", types.join(",")))
    };
    let writer = schema(r#"{"type":"record","name":"Top","fields":[]}"#);
    let one = r#"{"name":"a","type":"USED","default":{}}"#;
    let two = format!("{one},{}", one.replace("\"a\"", "\"b\""));
    assert!(chain(one, 100).read_avro(&writer, &[]).is_ok());
    for (uses, count, why) in [
        (one, 1_000, "its default is no value of its type"),
        (&two, 100, "the defaults have too many parts"),
    ] {
        let refused = chain(uses, count).read_avro(&writer, &[]);
        assert!(
            refused.as_ref().is_err_and(|text| text.ends_with(why)),
            "{:.300}",
            format!("{refused:?}")
        );
    }
}

#[test]
fn values_as_deep_as_allowed_are_written_and_read() {
    let list =
        schema(r#"{"type":"record","name":"R","fields":[{"name":"next","type":["null","R"]}]}"#);
    let nested = |depth: usize| {
        (0..depth).fold(
            json!({"next": null}),
            |inner, _| json!({"next": {"R": inner}}),
        )
    };
    for (depth, is_taken) in [(98, true), (150, false), (1_000, false)] {
        let written = list.write_avro(&nested(depth));
        assert_eq!(written.is_ok(), is_taken, "{depth}");
        if let Ok(bytes) = written {
            assert_eq!(list.read_avro(&list, &bytes), Ok(nested(depth)));
        }
    }
}
