//! What the seven levels mean, in all formats: the verdict of a level is that of its directions against each version it names.

use dovetail_tests::{Node, on_both};

use super::*;

/// The versions of the subject, and then what is checked against them: texts by number, see [`text`].
const VERSIONS: [usize; 5] = [13, 14, 22, 4, 15];
const CANDIDATES: [usize; 9] = [0, 1, 4, 5, 9, 13, 14, 16, 24];

const LEVELS: [(&str, &[&str], bool); 7] = [
    ("NONE", &[], false),
    ("BACKWARD", &["BACKWARD"], false),
    ("BACKWARD_TRANSITIVE", &["BACKWARD"], true),
    ("FORWARD", &["FORWARD"], false),
    ("FORWARD_TRANSITIVE", &["FORWARD"], true),
    ("FULL", &["BACKWARD", "FORWARD"], false),
    ("FULL_TRANSITIVE", &["BACKWARD", "FORWARD"], true),
];

/// A text with up to three fields: the digits of its number, to the base of three, say which are absent, of one kind, or of
/// another.
fn text(schema_type: &str, number: usize) -> String {
    let digits = (0..3).map(|place| number / 3_usize.pow(place) % 3);
    let fields = digits.zip(["a", "b", "c"]).filter(|(digit, _)| *digit > 0);
    match schema_type {
        "AVRO" => {
            let fields = fields.map(|(digit, name)| match digit {
                1 => json!({ "name": name, "type": ["null", "int"], "default": null }),
                _ => json!({ "name": name, "type": "int" }),
            });
            let fields: Vec<Value> = fields.collect();
            json!({ "type": "record", "name": "R", "fields": fields }).to_string()
        }
        "PROTOBUF" => {
            let fields = fields.map(|(digit, name)| {
                let kind = ["", "int32", "string"][digit];
                format!("{kind} {name} = {};", u32::from(name.as_bytes()[0]))
            });
            let fields: String = fields.collect();
            format!("syntax = \"proto3\"; message R {{ {fields} }}")
        }
        _ => {
            let fields = fields.map(|(digit, name)| {
                let kind = ["", "integer", "string"][digit];
                (name.to_owned(), json!({ "type": kind }))
            });
            let fields: serde_json::Map<String, Value> = fields.collect();
            json!({ "type": "object", "properties": fields, "additionalProperties": false })
                .to_string()
        }
    }
}

async fn passes(node: &Node, schema_type: &str, number: usize, version: &str) -> bool {
    let path = format!("/compatibility/subjects/{schema_type}/versions{version}");
    let body = json!({ "schema": text(schema_type, number), "schemaType": schema_type });
    node.post(&path, &body).await.ok()["is_compatible"] == true
}

on_both!(a_level_is_its_directions_against_each_version, |node| {
    for schema_type in ["AVRO", "PROTOBUF", "JSON"] {
        node.level(schema_type, "NONE").await.ok();
        for number in VERSIONS {
            let registered = text(schema_type, number);
            node.register_as(schema_type, schema_type, &registered)
                .await
                .ok();
        }
        let mut singles = Vec::new();
        for direction in ["BACKWARD", "FORWARD"] {
            node.level(schema_type, direction).await.ok();
            for number in CANDIDATES {
                for version in 1..=VERSIONS.len() {
                    let one = format!("/{version}");
                    let passes = passes(&node, schema_type, number, &one).await;
                    singles.push((direction, number, version, passes));
                }
            }
        }
        let mut verdicts = Vec::new();
        for (level, directions, is_transitive) in LEVELS {
            node.level(schema_type, level).await.ok();
            for number in CANDIDATES {
                let found = passes(&node, schema_type, number, "").await;
                let expected = singles.iter().all(|(direction, of, version, passes)| {
                    *passes
                        || *of != number
                        || !directions.contains(direction)
                        || !(is_transitive || *version == VERSIONS.len())
                });
                assert_eq!(found, expected, "{schema_type} {level} {number}");
                verdicts.push((level, number, found));
            }
        }
        // The texts are such that the levels differ.
        for (level, of_all) in [
            ("BACKWARD", "BACKWARD_TRANSITIVE"),
            ("FORWARD", "FORWARD_TRANSITIVE"),
        ] {
            let passed = |level| {
                let of_level = verdicts.iter().filter(|(one, ..)| *one == level);
                of_level.filter(|(.., passes)| *passes).count()
            };
            assert!(passed(level) > passed(of_all), "{schema_type} {level}");
        }
    }
});
