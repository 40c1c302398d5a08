//! The attributes of schema objects: which the specification reserves, and what their values must look like.
//!
//! What is not reserved is kept as it stands: logical types, whether known and valid or not, and whatever tools add.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{names::Strictness, tree::Order};

/// The largest size of a fixed type: what Java lets an array have.
const SIZE_LIMIT: u32 = 2_147_483_639;

/// The attributes of a schema object.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) name: Option<String>,
    pub(super) namespace: Option<String>,
    pub(super) doc: Option<String>,
    pub(super) fields: Option<Value>,
    pub(super) items: Option<Value>,
    pub(super) values: Option<Value>,
    pub(super) symbols: Option<Value>,
    pub(super) size: Option<Value>,
    pub(super) aliases: Option<Value>,
    pub(super) props: Vec<(String, Value)>,
}

impl Parts {
    pub(super) fn of(object: Map<String, Value>) -> Self {
        let mut parts = Self::default();
        for (key, value) in object {
            match key.as_str() {
                "type" => {}
                "name" => parts.name = text(value),
                "namespace" => parts.namespace = text(value),
                "doc" => parts.doc = text(value),
                "fields" => parts.fields = Some(value),
                "items" => parts.items = Some(value),
                "values" => parts.values = Some(value),
                "symbols" => parts.symbols = Some(value),
                "size" => parts.size = Some(value),
                "aliases" => parts.aliases = Some(value),
                _ => parts.props.push((key, value)),
            }
        }
        parts
    }
}

/// The text of a string. Java ignores a name, namespace or doc that is none.
pub(super) fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// What a value is, for messages.
pub(super) const fn what_is(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The order of a field, in any case, as Java takes it.
pub(super) fn order(value: &Value) -> Result<Order, String> {
    match value.as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("ascending") => Ok(Order::Ascending),
        Some("descending") => Ok(Order::Descending),
        Some("ignore") => Ok(Order::Ignore),
        _ => Err(format!(
            "the order {value} is not \"ascending\", \"descending\" or \"ignore\""
        )),
    }
}

/// Aliases in their order, each once.
pub(super) fn aliases(value: Value) -> Result<Vec<String>, String> {
    let Value::Array(items) = value else {
        return Err(format!(
            "the aliases are not an array but {}",
            what_is(&value)
        ));
    };
    let mut seen = HashSet::new();
    let mut aliases = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Value::String(alias) if seen.contains(&alias) => {}
            Value::String(alias) => {
                seen.insert(alias.clone());
                aliases.push(alias);
            }
            other => return Err(format!("an alias is not a string but {}", what_is(&other))),
        }
    }
    Ok(aliases)
}

/// The symbols of an enum: at least one, all different.
pub(super) fn symbols(value: Option<Value>, strictness: Strictness) -> Result<Vec<String>, String> {
    let Some(Value::Array(items)) = value else {
        return Err("an enum has no array of \"symbols\"".to_owned());
    };
    if items.is_empty() {
        return Err("an enum has no symbols; it needs at least one".to_owned());
    }
    let mut seen = HashSet::new();
    let mut symbols = Vec::with_capacity(items.len());
    for item in items {
        let Value::String(symbol) = item else {
            return Err(format!("a symbol is not a string but {}", what_is(&item)));
        };
        strictness.check(&symbol)?;
        if !seen.insert(symbol.clone()) {
            return Err(format!("the enum has the symbol \"{symbol}\" twice"));
        }
        symbols.push(symbol);
    }
    Ok(symbols)
}

/// The default symbol of an enum, which must be one of its symbols. One that is no string does not count, as in Java.
pub(super) fn default_symbol(
    props: &mut Vec<(String, Value)>,
    symbols: &[String],
) -> Result<Option<String>, String> {
    let position = props.iter().position(|(key, _)| key == "default");
    let default = position.and_then(|position| text(props.remove(position).1));
    match default {
        Some(unknown) if !symbols.contains(&unknown) => Err(format!(
            "the default \"{unknown}\" of the enum is not among its symbols"
        )),
        default => Ok(default),
    }
}

/// The size of a fixed type.
pub(super) fn size(value: Option<Value>) -> Result<u32, String> {
    let Some(value) = value else {
        return Err("a fixed type has no \"size\"".to_owned());
    };
    let size = match &value {
        Value::Number(number) if number.as_str() == "-0" => Some(0),
        Value::Number(number) => number
            .as_str()
            .parse()
            .ok()
            .filter(|&size| size <= SIZE_LIMIT),
        _ => None,
    };
    size.ok_or_else(|| {
        format!("the size {value} of a fixed type is not an integer from 0 to {SIZE_LIMIT}, which is the limit")
    })
}
