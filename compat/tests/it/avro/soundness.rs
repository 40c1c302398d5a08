//! What is called compatible is really read: values written with one version, read with the other.

use std::{cell::RefCell, collections::BTreeMap};

use dovetail_compat::{
    Schema,
    explain::{Witness, witness},
    parse,
};
use dovetail_model::SchemaType;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

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
            Ok(_) => "second decoder: reads another value",
            Err(why) if why.contains("UnionSchema") => "second decoder: finds no branch",
            Err(why) => {
                println!("avro soundness: a second decoder fails: {why:.200}");
                "second decoder: fails otherwise"
            }
        }
    }

    /// Whether the witness fails for the second decoder as well.
    fn second_refuses(&self, found: &Witness) -> &'static str {
        match &self.second {
            None => "witnesses, second decoder: takes no such schema",
            Some((reader, writer)) => match second::reads(reader, writer, &found.bytes) {
                Err(_) => "witnesses, second decoder: fails too",
                Ok(_) => "witnesses, second decoder: reads it",
            },
        }
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
    let all = tally.count("differences");
    assert!(tally.count("differences with a witness") * 100 >= all * 95);
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
            tally.note(versions.second_refuses(&found));
        }
    }
    tally.note(if any {
        "refusals shown"
    } else {
        "refusals not shown"
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
    for wrong in wrong.iter().take(5) {
        println!("not read: {wrong}");
    }
    assert_eq!(wrong.len(), 0);
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
    assert_eq!(refused(list, &[2; 100_000]), "the value nests too deep");
    assert_eq!(refused(r#""int""#, &[0x80; 20]), "a number does not end");
    assert_eq!(refused(r#""long""#, &[]), "the bytes end too early");
    assert_eq!(
        refused(r#""null""#, &[0]),
        "bytes are left over behind the value"
    );
}
