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
    let (reader, writer) = match types {
        (Ok(reader), Ok(writer)) => (reader, writer),
        (Err(error), _) | (_, Err(error)) => {
            println!(
                "  unconfirmed: {} {}: {error}",
                difference.rule.id, difference.path
            );
            return Ok(false);
        }
    };
    let meant = writer
        .message_at(&difference.writer_place)
        .ok_or("the writer has no such message")?;
    let meant = opinion::read(&meant, &witness.bytes)?;
    if meant != opinion::without_defaults(witness.value.clone()) {
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
}

#[test]
fn witnesses_of_the_published_cases_are_confirmed() {
    let (counts, without) = count(&pairs::published());
    print("published cases", &counts, &without);
}

#[test]
fn every_rule_says_why_and_every_rule_that_breaks_says_what_to_do_instead() {
    for rule in rules(SchemaType::Protobuf) {
        assert!(!rule.why.is_empty(), "{}", rule.id);
        let breaks = rule.verdict != Verdict::Compatible;
        assert_eq!(breaks, !rule.instead.is_empty(), "{}", rule.id);
    }
}
