//! Every recorded pair, in both directions: the verdict, and the multiset of type, location and message.

use std::{collections::BTreeMap, path::Path};

use super::{read, schema};

#[derive(serde::Deserialize)]
struct Pair {
    id: u64,
    first: String,
    second: String,
    first_reads_second: Expected,
    second_reads_first: Expected,
}

#[derive(serde::Deserialize)]
struct Expected {
    verdict: String,
    #[serde(default)]
    incompatibilities: Vec<Incompatibility>,
}

#[derive(serde::Deserialize)]
struct Incompatibility {
    #[serde(rename = "type")]
    kind: String,
    location: String,
    message: String,
}

#[test]
fn pairs_agree_with_java() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance/avro/pairs.jsonl");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!(
            "avro pairs: no conformance folder beside this checkout; our own cases stand alone"
        );
        return;
    };
    let mut tally: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let mut first_disagreement = None;
    for line in text.lines() {
        let pair: Pair = serde_json::from_str(line).expect("a pair on every line");
        for (reader, writer, expected) in [
            (&pair.first, &pair.second, &pair.first_reads_second),
            (&pair.second, &pair.first, &pair.second_reads_first),
        ] {
            let wrong = disagreement(reader, writer, expected);
            let [agreed, all] = tally
                .entry(match expected.verdict.as_str() {
                    "COMPATIBLE" => "COMPATIBLE",
                    "INCOMPATIBLE" => "INCOMPATIBLE",
                    _ => "ERROR",
                })
                .or_default();
            *all += 1;
            match wrong {
                None => *agreed += 1,
                Some(wrong) => {
                    first_disagreement.get_or_insert((pair.id, wrong));
                }
            }
        }
    }
    for (verdict, [agreed, all]) in &tally {
        println!("avro pairs, {verdict}: {agreed} of {all} agree");
    }
    assert_eq!(first_disagreement, None);
    assert_eq!(tally.values().map(|[_, all]| all).sum::<usize>(), 2 * 2808);
}

fn disagreement(reader: &str, writer: &str, expected: &Expected) -> Option<String> {
    let report = read(&schema(reader), &schema(writer));
    let mut found: Vec<[String; 3]> = report
        .incompatibilities()
        .map(|(_, difference)| {
            let info = difference.additional_info.clone().unwrap_or_default();
            [difference.rule.id.to_owned(), difference.path.clone(), info]
        })
        .collect();
    if expected.verdict == "ERROR" {
        let refused = found
            .iter()
            .any(|[id, ..]| id == "READER_FIELD_MATCHES_SEVERAL_WRITER_FIELDS");
        return (!refused).then(|| format!("should refuse, found {found:?}"));
    }
    let mut wanted: Vec<[String; 3]> = expected
        .incompatibilities
        .iter()
        .map(|wanted| {
            [
                wanted.kind.clone(),
                wanted.location.clone(),
                wanted.message.clone(),
            ]
        })
        .collect();
    found.sort();
    wanted.sort();
    (found != wanted)
        .then(|| format!("found {found:?}, wanted {wanted:?}\nreader {reader}\nwriter {writer}"))
}
