//! JSON Schemas made of bytes.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Value, json};

use crate::edit::Words;

const TYPES: [&str; 7] = [
    "object", "string", "integer", "number", "array", "boolean", "null",
];
const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const DRAFTS: [&str; 5] = [
    "http://json-schema.org/draft-07/schema#",
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];
const PATTERNS: [&str; 8] = [
    "^a",
    "[a-c]{1,3}$",
    "(a+)+$",
    "(?=a)b",
    "^(a|b)*\\1$",
    "\\p{L}{2,9}",
    "[",
    "x{1,900}",
];
const REFERENCES: [&str; 8] = [
    "#",
    "#/definitions/a",
    "#/$defs/b",
    "#a",
    "#/properties/a",
    "#/definitions/a/items",
    "http://x/y",
    "#/definitions/%7",
];

/// What changes are made of.
pub const WORDS: Words = Words {
    leaves: |u| schema_at(u, 7),
    members: |u| keyword(u, 7),
};

/// A schema that is valid more often than not.
pub fn schema(u: &mut Unstructured<'_>) -> Result<Value> {
    let draft = u.int_in_range(0..=9)?;
    let mut schema = schema_at(u, 0)?;
    if let (Some(draft), Some(members)) = (DRAFTS.get(draft), schema.as_object_mut()) {
        members.insert("$schema".to_owned(), json!(draft));
    }
    Ok(schema)
}

fn schema_at(u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    if u.is_empty() || u.ratio(1_u8, 16)? {
        return Ok(json!(!u.ratio(1_u8, 3)?));
    }
    let mut schema = json!({});
    if u.ratio(2_u8, 3)? {
        schema["type"] = json!(u.choose(&TYPES)?);
    }
    for _ in 0..u.int_in_range(0..=4)? {
        let (key, value) = keyword(u, depth)?;
        schema[key] = value;
    }
    Ok(schema)
}

fn number(u: &mut Unstructured<'_>) -> Result<Value> {
    let odd = [
        "0",
        "1",
        "2",
        "3",
        "-1",
        "0.1",
        "1e400",
        "1e-400",
        "9223372036854775808",
        "1.0",
        "0.30000000000000000000001",
    ];
    Ok(serde_json::from_str(u.choose(&odd)?).expect("it is a number"))
}

fn list<T>(
    u: &mut Unstructured<'_>,
    make: impl Fn(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    (0..u.int_in_range(0..=3)?).map(|_| make(u)).collect()
}

fn schemas(u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    Ok(list(u, |u| schema_at(u, depth + 1))?.into())
}

fn by_name(u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    let entry =
        |u: &mut Unstructured<'_>| Ok(((*u.choose(&NAMES)?).to_owned(), schema_at(u, depth + 1)?));
    Ok(Value::Object(list(u, entry)?.into_iter().collect()))
}

fn keyword(u: &mut Unstructured<'_>, depth: usize) -> Result<(&'static str, Value)> {
    let simple = u.ratio(1_u8, 2)?;
    if simple || depth >= 7 {
        return simple_keyword(u);
    }
    Ok(match u.int_in_range(0..=16)? {
        0 | 1 => ("properties", by_name(u, depth)?),
        2 => ("definitions", by_name(u, depth)?),
        3 => ("$defs", by_name(u, depth)?),
        4 => (
            "patternProperties",
            json!({*u.choose(&PATTERNS)?: schema_at(u, depth + 1)?}),
        ),
        5 => ("additionalProperties", schema_at(u, depth + 1)?),
        6 => ("items", schema_at(u, depth + 1)?),
        7 => ("items", schemas(u, depth)?),
        8 => ("prefixItems", schemas(u, depth)?),
        9 => ("oneOf", schemas(u, depth)?),
        10 => ("anyOf", schemas(u, depth)?),
        11 => ("allOf", schemas(u, depth)?),
        12 => ("not", schema_at(u, depth + 1)?),
        13 => ("additionalItems", schema_at(u, depth + 1)?),
        14 => (
            *u.choose(&["if", "then", "else"])?,
            schema_at(u, depth + 1)?,
        ),
        15 => (
            *u.choose(&["dependencies", "dependentSchemas"])?,
            by_name(u, depth)?,
        ),
        _ => (
            *u.choose(&[
                "contains",
                "propertyNames",
                "unevaluatedProperties",
                "unevaluatedItems",
            ])?,
            schema_at(u, depth + 1)?,
        ),
    })
}

fn simple_keyword(u: &mut Unstructured<'_>) -> Result<(&'static str, Value)> {
    const LIMITS: [&str; 12] = [
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "minContains",
    ];
    Ok(match u.int_in_range(0..=11)? {
        0..=2 => (*u.choose(&LIMITS)?, number(u)?),
        3 => ("required", list(u, |u| Ok(*u.choose(&NAMES)?))?.into()),
        4 => ("enum", list(u, number)?.into()),
        5 => ("enum", list(u, |u| Ok(*u.choose(&NAMES)?))?.into()),
        6 => ("const", number(u)?),
        7 => ("$ref", json!(u.choose(&REFERENCES)?)),
        8 => ("type", list(u, |u| Ok(*u.choose(&TYPES)?))?.into()),
        9 => ("pattern", json!(u.choose(&PATTERNS)?)),
        10 => (
            *u.choose(&["uniqueItems", "exclusiveMinimum", "$recursiveAnchor"])?,
            json!(u.ratio(1_u8, 2)?),
        ),
        _ => (
            *u.choose(&["$id", "$anchor", "format", "title", "$dynamicAnchor"])?,
            json!(u.choose(&["a", "http://x/y", "date"])?),
        ),
    })
}
