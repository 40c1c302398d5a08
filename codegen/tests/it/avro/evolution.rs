//! Reading with another schema: plans against `dovetail-compat`, which decides and reads by rules of its own.
//!
//! What it calls readable has no problems and reads as the same value; what it refuses has problems, and a value that it
//! cannot read is an error here too.

use dovetail_compat::{Schema as Judge, check, parse};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};
use dovetail_runtime::{Graph, PlanError, Value, schema::Schema};
use serde_json::{Value as Json, json};

use super::{
    corpus,
    random::{self, Random},
};

/// What came of all pairs.
#[derive(Debug, Default)]
struct Count {
    pairs: usize,
    readable: usize,
    without_plan: usize,
    values: usize,
    refused: usize,
    disputed: usize,
}

#[test]
fn plans_agree_with_the_checker_on_generated_pairs() {
    let mut random = Random::new(1);
    let mut count = Count::default();
    while count.pairs < 10_000 {
        let writer = schema(&mut random, 0);
        let mut reader = writer.clone();
        for _ in 0..=random.below(3) {
            reader = evolved(&reader, &mut random);
        }
        let (writer, reader) = (writer.to_string(), reader.to_string());
        compare(&reader, &writer, &mut random, &mut count);
    }
    println!("{count:?}");
    assert!(count.disputed < 20, "{count:?}");
    assert!(count.readable > 1_000 && count.refused > 1_000 && count.without_plan > 1_000);
}

#[test]
fn plans_agree_with_the_checker_on_chains_of_real_versions() {
    let Some(corpus) = corpus::corpus() else {
        eprintln!("the corpus is not here");
        return;
    };
    let mut random = Random::new(2);
    let mut count = Count::default();
    for chain in corpus::chains(&corpus) {
        for (_, reader) in &chain {
            for (_, writer) in &chain {
                compare(reader, writer, &mut random, &mut count);
            }
        }
    }
    println!("{count:?}");
    assert!(count.readable > 100);
}

/// Compares both on one pair, if both are schemas at all.
fn compare(reader: &str, writer: &str, random: &mut Random, count: &mut Count) {
    let judge = |text| parse(SchemaType::Avro, text, &[]);
    let (Ok(judge_reader), Ok(judge_writer)) = (judge(reader), judge(writer)) else {
        return;
    };
    let (reader_schema, writer_schema) = (
        Schema::parse(reader).unwrap(),
        Schema::parse(writer).unwrap(),
    );
    count.pairs += 1;
    let report = check(
        &judge_reader,
        &judge_writer,
        &[Direction::Backward],
        CompatibilityPolicy::default(),
    )
    .unwrap();
    let case = || format!("reader {reader}\nwriter {writer}");
    let graph = match Graph::new(&reader_schema, &writer_schema) {
        Ok(graph) => Some(graph),
        Err(PlanError::Unreadable(problems)) => {
            assert!(!problems.is_empty(), "{}", case());
            None
        }
        Err(error) => panic!("{error}\n{}", case()),
    };
    let problems = graph.as_ref().map_or(1, |graph| graph.problems().len());
    // The checker does not look whether the default that a reader falls back on is one.
    let has_bad_default = graph.as_ref().is_none_or(|graph| {
        graph
            .problems()
            .iter()
            .any(|problem| problem.message.starts_with("the default of"))
    });
    if !has_bad_default && report.is_compatible() != (problems == 0) {
        // Java's checker tries all branches of a reader's union, its reader takes the first whose simple name matches.
        let by_simple_name = report.is_compatible() && reader.contains('[');
        assert!(by_simple_name, "{}\n{graph:#?}", case());
        count.disputed += 1;
    }
    count.readable += usize::from(report.is_compatible());
    count.without_plan += usize::from(graph.is_none());
    for _ in 0..4 {
        let Some(value) = random::value(&writer_schema, random) else {
            return;
        };
        let mut bytes = Vec::new();
        value.write(&mut bytes);
        let expected = judged(&judge_reader, &judge_writer, &bytes);
        let found = graph
            .as_ref()
            .map(|graph| Value::from_slice_with(&reader_schema, graph, &bytes));
        count.values += 1;
        match (expected, found) {
            (Ok(expected), Some(Ok(found))) => {
                let mut written = Vec::new();
                found.write(&mut written);
                assert_eq!(written, expected, "{}\nbytes {bytes:?}\n{graph:#?}", case());
            }
            (Err(_), Some(Err(_)) | None) => count.refused += 1,
            (expected, found) => panic!("{expected:?}, but {found:?}\n{}\nbytes {bytes:?}", case()),
        }
    }
}

/// What the judge reads, as the reader would write it.
fn judged(reader: &Judge, writer: &Judge, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let value = reader.read_avro(writer, bytes)?;
    Ok(reader
        .write_avro(&value)
        .expect("what was read can be written"))
}

/// A schema over few names, so that they meet.
fn schema(random: &mut Random, depth: usize) -> Json {
    let leaf = depth > 3;
    match random.below(if leaf { 6 } else { 12 }) {
        0..=3 => json!(PRIMITIVES[random.below(PRIMITIVES.len())]),
        4 => symbols(random),
        5 => json!({"type": "fixed", "name": name(random, "F"), "size": 1 + random.below(2)}),
        6 => json!({"type": "array", "items": schema(random, depth + 1)}),
        7 => json!({"type": "map", "values": schema(random, depth + 1)}),
        8 | 9 => union(random, depth),
        _ => record(random, depth),
    }
}

const PRIMITIVES: [&str; 8] = [
    "null", "boolean", "int", "long", "float", "double", "bytes", "string",
];

fn name(random: &mut Random, kind: &str) -> String {
    let namespace = ["", "", "a.", "b."][random.below(4)];
    format!("{namespace}{kind}{}", random.below(4))
}

fn symbols(random: &mut Random) -> Json {
    let all = ["A", "B", "C", "D"];
    let first = random.below(3);
    let chosen = &all[first..first + 1 + random.below(all.len() - first)];
    let mut made = json!({"type": "enum", "name": name(random, "E"), "symbols": chosen});
    if random.below(3) == 0 {
        made["default"] = json!(chosen[0]);
    }
    made
}

fn union(random: &mut Random, depth: usize) -> Json {
    let count = 1 + random.below(4);
    let branches = (0..count).map(|_| {
        loop {
            let branch = schema(random, depth + 1);
            if !branch.is_array() {
                return branch;
            }
        }
    });
    branches.collect()
}

fn record(random: &mut Random, depth: usize) -> Json {
    let name = name(random, "R");
    let count = random.below(4);
    let mut fields: Vec<Json> = (0..count)
        .map(|index| json!({"name": format!("f{index}"), "type": schema(random, depth + 1)}))
        .collect();
    if random.below(4) == 0 {
        fields.push(json!({"name": "next", "type": ["null", name], "default": null}));
    }
    json!({"type": "record", "name": name, "fields": fields})
}

/// A schema with a change somewhere.
fn evolved(schema: &Json, random: &mut Random) -> Json {
    let mut schema = schema.clone();
    if random.below(3) == 0 {
        return changed(schema, random);
    }
    match &mut schema {
        Json::Array(branches) if !branches.is_empty() => {
            let index = random.below(branches.len());
            branches[index] = evolved(&branches[index], random);
        }
        Json::Object(object) => {
            if let Some(Json::Array(fields)) = object.get_mut("fields") {
                if fields.is_empty() {
                    return changed(schema, random);
                }
                let index = random.below(fields.len());
                let inner = evolved(&fields[index]["type"], random);
                fields[index]["type"] = inner;
            } else if let Some(key) = ["items", "values"]
                .into_iter()
                .find(|key| object.contains_key(*key))
            {
                let inner = evolved(&object[key], random);
                object.insert(key.to_owned(), inner);
            } else {
                return changed(schema, random);
            }
        }
        _ => return changed(schema, random),
    }
    schema
}

/// A schema that is changed itself.
fn changed(schema: Json, random: &mut Random) -> Json {
    let mut schema = schema;
    match &mut schema {
        Json::String(name) => match random.below(4) {
            0 => json!([schema, "null"]),
            1 => json!(["null", schema]),
            _ => {
                let wider: &[&str] = match name.as_str() {
                    "int" => &["long", "float", "double"],
                    "long" => &["float", "double", "int"],
                    "float" => &["double"],
                    "string" => &["bytes"],
                    "bytes" => &["string"],
                    _ => &["int", "boolean"],
                };
                json!(wider[random.below(wider.len())])
            }
        },
        Json::Array(branches) => {
            match random.below(4) {
                0 => branches.reverse(),
                1 if branches.len() > 1 => drop(branches.remove(random.below(branches.len()))),
                2 => branches.push(json!(PRIMITIVES[random.below(PRIMITIVES.len())])),
                _ => return branches.first().cloned().unwrap_or(json!("null")),
            }
            schema
        }
        Json::Object(object) => {
            if object.contains_key("name") && random.below(3) == 0 {
                let old = object["name"].clone();
                object.insert("name".to_owned(), json!(name(random, "N")));
                if random.below(2) == 0 {
                    object.insert("aliases".to_owned(), json!([old]));
                }
                return schema;
            }
            if let Some(Json::Array(fields)) = object.get_mut("fields") {
                change_fields(fields, random);
                return schema;
            }
            if object.contains_key("symbols") {
                let mut made = symbols(random);
                made["name"] = object["name"].clone();
                return made;
            }
            match random.below(3) {
                0 => json!(["null", schema]),
                1 => json!([schema]),
                _ => super::evolution::schema(random, 3),
            }
        }
        _ => schema,
    }
}

fn change_fields(fields: &mut Vec<Json>, random: &mut Random) {
    let count = fields.len();
    match random.below(6) {
        0 => fields.reverse(),
        1 if count > 0 => drop(fields.remove(random.below(count))),
        2 => {
            let defaults = [
                json!({"type": "int", "default": 7}),
                json!({"type": "double", "default": 1}),
                json!({"type": "bytes", "default": "\u{ff}"}),
                json!({"type": ["null", "string"], "default": null}),
                json!({"type": ["string", "null"], "default": "x"}),
                json!({"type": {"type": "array", "items": "long"}, "default": [1, -2]}),
                json!({"type": {"type": "map", "values": "string"}, "default": {"k": "v"}}),
                json!({"type": "string"}),
            ];
            let mut field = defaults[random.below(defaults.len())].clone();
            field["name"] = json!(format!("g{}", random.below(3)));
            fields.insert(random.below(count + 1), field);
        }
        3 if count > 0 => {
            let field = &mut fields[random.below(count)];
            let old = field["name"].clone();
            field["name"] = json!(format!("h{}", random.below(3)));
            field["aliases"] = json!([old]);
        }
        4 if count > 0 => {
            // One more field that reads what another one reads.
            let mut field = fields[random.below(count)].clone();
            let old = field["name"].clone();
            field["name"] = json!("twin");
            field["aliases"] = json!([old]);
            fields.push(field);
        }
        _ if count > 1 => {
            let index = random.below(count);
            fields.swap(0, index);
        }
        _ => {}
    }
}
