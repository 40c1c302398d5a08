//! The check itself, without a server: a record of a hundred fields against a hundred versions, everything parsed before.

use std::hint::black_box;

use dovetail_compat::{Schema, check, parse};
use dovetail_model::{CompatibilityLevel, CompatibilityPolicy, SchemaType};
use serde_json::{Value, json};

use crate::{Extent, load::count, process::cpu_of_this_thread, table::Row};

const FIELDS: usize = 100;
const VERSIONS: usize = 100;

pub(crate) fn measure(extent: &Extent) -> Vec<Row> {
    let previous: Vec<Schema> = (0..VERSIONS).map(version).collect();
    let new = version(VERSIONS);
    [
        CompatibilityLevel::BackwardTransitive,
        CompatibilityLevel::FullTransitive,
    ]
    .into_iter()
    .map(|level| {
        let began = cpu_of_this_thread();
        for _ in 0..extent.checks {
            for earlier in &previous {
                let report = check(
                    black_box(&new),
                    black_box(earlier),
                    level.directions(),
                    CompatibilityPolicy::default(),
                );
                let report = report.expect("a record is no burden");
                assert!(report.is_compatible(), "{:?}", report.messages());
            }
        }
        let took =
            cpu_of_this_thread().saturating_sub(began).as_secs_f64() * 1e3 / count(extent.checks);
        Row {
            what: format!("Avro check, {FIELDS} fields, {VERSIONS} versions, `{level}`, warm"),
            ours: format!("{took:.2} ms CPU"),
            ceiling: String::new(),
            ratio: format!("{took:.2}"),
            target: "1 ms".to_owned(),
        }
    })
    .collect()
}

/// A record as it looks after so many changes, each of which described one more field.
fn version(number: usize) -> Schema {
    let fields: Vec<Value> = (0..FIELDS)
        .map(|field| {
            let kind = match field % 5 {
                0 => json!("string"),
                1 => json!("long"),
                2 => json!(["null", "string"]),
                3 => json!({ "type": "array", "items": "double" }),
                _ => json!({ "type": "map", "values": ["null", "int"] }),
            };
            json!({
                "name": format!("field_{field}"),
                "type": kind,
                "doc": if field < number { "described by now" } else { "" },
            })
        })
        .collect();
    let text = json!({
        "type": "record",
        "name": "Order",
        "namespace": "shop",
        "fields": fields,
    });
    parse(SchemaType::Avro, &text.to_string(), &[]).expect("the schema is good")
}
