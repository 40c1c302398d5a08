//! Avro schemas made of bytes.

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use serde_json::{Value, json};

use crate::edit::Words;

/// Few names, so that they meet.
const NAMES: [&str; 6] = ["A", "B", "a.A", "a.B", "C", "b.d.D"];
const FIELDS: [&str; 5] = ["a", "b", "c", "d", "e"];
const SYMBOLS: [&str; 4] = ["X", "Y", "Z", "W"];
const PRIMITIVES: [&str; 8] = [
    "null", "int", "long", "float", "double", "string", "bytes", "boolean",
];
const LOGICAL: [&str; 6] = [
    "decimal",
    "uuid",
    "date",
    "timestamp-millis",
    "duration",
    "nonsense",
];

/// What changes are made of.
pub const WORDS: Words = Words {
    leaves: leaf,
    members,
};

/// A schema that is valid more often than not.
pub fn schema(u: &mut Unstructured<'_>) -> Result<Value> {
    Maker::default().schema(u, 0)
}

#[derive(Default)]
struct Maker {
    defined: Vec<&'static str>,
    made: usize,
}

impl Maker {
    fn schema(&mut self, u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
        self.made += 1;
        if depth > 8 || self.made > 60 {
            return Ok(json!("int"));
        }
        Ok(match u.int_in_range(0..=13)? {
            0..=3 => json!(u.choose(&PRIMITIVES)?),
            4 => json!({"type": "array", "items": self.schema(u, depth + 1)?}),
            5 => json!({"type": "map", "values": self.schema(u, depth + 1)?}),
            6 | 7 => self.union(u, depth)?,
            8 => self.named(u, depth, |_, _, _, text| {
                text["type"] = json!("enum");
                Ok(())
            })?,
            9 => self.named(u, depth, |_, u, _, text| {
                text["type"] = json!("fixed");
                text["size"] = json!(u.int_in_range(0..=17)?);
                Ok(())
            })?,
            10 => {
                json!({"type": u.choose(&PRIMITIVES)?, "logicalType": u.choose(&LOGICAL)?, "precision": 4, "scale": 2})
            }
            _ => self.named(u, depth, Self::fields)?,
        })
    }

    fn union(&mut self, u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
        let count = u.int_in_range(0..=4)?;
        let branches: Result<Vec<Value>> = (0..count).map(|_| self.schema(u, depth + 1)).collect();
        Ok(branches?
            .into_iter()
            .filter(|branch| !branch.is_array())
            .collect())
    }

    /// A definition, or a use of a name that is defined.
    fn named(
        &mut self,
        u: &mut Unstructured<'_>,
        depth: usize,
        fill: fn(&mut Self, &mut Unstructured<'_>, usize, &mut Value) -> Result<()>,
    ) -> Result<Value> {
        let name = *u.choose(&NAMES)?;
        if self.defined.contains(&name) {
            return Ok(json!(name));
        }
        self.defined.push(name);
        let mut text = json!({"name": name});
        if u.ratio(1_u8, 6)? {
            text["aliases"] = json!([u.choose(&NAMES)?]);
        }
        if u.ratio(1_u8, 8)? {
            text["namespace"] = json!(u.choose(&["", "a", "b.d"])?);
        }
        fill(self, u, depth, &mut text)?;
        if text["type"] == "enum" {
            let count = u.int_in_range(1..=SYMBOLS.len())?;
            text["symbols"] = json!(SYMBOLS[SYMBOLS.len() - count..]);
            if u.ratio(1_u8, 3)? {
                text["default"] = json!(u.choose(&SYMBOLS)?);
            }
        }
        Ok(text)
    }

    fn fields(&mut self, u: &mut Unstructured<'_>, depth: usize, text: &mut Value) -> Result<()> {
        let count = u.int_in_range(0..=FIELDS.len())?;
        let mut fields = Vec::new();
        for name in &FIELDS[..count] {
            let mut field = json!({"name": name, "type": self.schema(u, depth + 1)?});
            if u.ratio(1_u8, 3)? {
                field["default"] = default(u)?;
            }
            if u.ratio(1_u8, 6)? {
                field["aliases"] = json!([u.choose(&FIELDS)?]);
            }
            fields.push(field);
        }
        text["type"] = json!("record");
        text["fields"] = json!(fields);
        Ok(())
    }
}

fn default(u: &mut Unstructured<'_>) -> Result<Value> {
    let defaults = [
        json!(null),
        json!(0),
        json!(1.5),
        json!("X"),
        json!(""),
        json!([]),
        json!({}),
        json!(true),
        json!({"a": 1}),
        json!([null]),
        json!(-1),
        json!(i64::MAX),
        json!("\u{ff}"),
        json!("\u{100}"),
    ];
    Ok(u.choose(&defaults)?.clone())
}

fn leaf(u: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match u.int_in_range(0..=4)? {
        0 | 1 => json!(u.choose(&PRIMITIVES)?),
        2 => json!(u.choose(&NAMES)?),
        3 => default(u)?,
        _ => {
            json!({"name": u.choose(&FIELDS)?, "type": u.choose(&PRIMITIVES)?, "default": default(u)?})
        }
    })
}

fn members(u: &mut Unstructured<'_>) -> Result<(&'static str, Value)> {
    Ok(match u.int_in_range(0..=8)? {
        0 => ("default", default(u)?),
        1 => ("aliases", json!([u.choose(&NAMES)?])),
        2 => ("aliases", json!([u.choose(&FIELDS)?])),
        3 => ("namespace", json!(u.choose(&["", "a", "b.d"])?)),
        4 => ("name", json!(u.choose(&NAMES)?)),
        5 => ("type", json!(u.choose(&PRIMITIVES)?)),
        6 => ("logicalType", json!(u.choose(&LOGICAL)?)),
        7 => ("size", json!(u.int_in_range(0..=40)?)),
        _ => ("doc", json!("about")),
    })
}
