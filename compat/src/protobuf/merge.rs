//! Rewrites options into one spelling: extensions by their full names, `(a).b = 1` as `(a) = {b: 1}`, all settings of one
//! extension together, options and keys by name, numbers in decimals.

use std::collections::HashMap;

use super::{
    resolve::Names,
    tree::{NamePart, Setting, Value},
};

/// Rewrites the options of one element.
pub(super) fn settings(settings: Vec<Setting>, names: &Names, scope: &str) -> Vec<Setting> {
    let mut merged: Vec<Setting> = Vec::with_capacity(settings.len());
    // Where the single value of an extension is.
    let mut single: HashMap<String, usize> = HashMap::new();
    for setting in settings {
        let inside = setting.name.len().saturating_sub(1);
        let (setting, repeated) = rewrite(setting, names, scope);
        let name = sort_name(&setting).to_owned();
        let foldable = setting.name.len() == 1 && setting.name[0].extension && !repeated;
        match single.get(&name) {
            Some(&position) if foldable => {
                merge(&mut merged[position].value, setting.value, inside);
            }
            _ => {
                if foldable {
                    single.insert(name, merged.len());
                }
                merged.push(setting);
            }
        }
    }
    for setting in &mut merged {
        let value = std::mem::replace(&mut setting.value, Value::List(Vec::new()));
        setting.value = canonical_value(value, names, scope);
    }
    merged.sort_by(|a, b| sort_name(a).cmp(sort_name(b)));
    merged
}

fn sort_name(setting: &Setting) -> &str {
    setting.name.first().map_or("", |part| part.text.as_str())
}

/// The extension by its full name and the rest of the path inside its value; and whether the extension is repeated.
fn rewrite(setting: Setting, names: &Names, scope: &str) -> (Setting, bool) {
    let Some((first, rest)) = setting
        .name
        .split_first()
        .filter(|(part, _)| part.extension)
    else {
        return (setting, false);
    };
    let Some((full, repeated)) = names.extension(&first.text, scope) else {
        return (setting, false);
    };
    let name = NamePart {
        text: full,
        extension: true,
    };
    let mut value = setting.value;
    for part in rest.iter().rev() {
        // By its full name already, so that all its spellings meet.
        let key = if part.extension {
            full_key(format!("[{}]", part.text), names, scope)
        } else {
            part.text.clone()
        };
        value = Value::Map(vec![(key, value)]);
    }
    let setting = Setting {
        name: vec![name],
        value,
    };
    (setting, repeated)
}

/// Puts the keys of a later value into an earlier one. `path` parts of the option's name lead into both; what stands at
/// their end twice is a repeated field, because protox refuses any other that is set twice.
fn merge(into: &mut Value, value: Value, path: usize) {
    match (into, value) {
        (Value::Map(entries), Value::Map(more)) => {
            for (key, value) in more {
                match entries.iter_mut().find(|(existing, _)| *existing == key) {
                    Some((_, existing)) if path > 1 => merge(existing, value, path - 1),
                    Some((_, existing)) => append(existing, value),
                    None => entries.push((key, value)),
                }
            }
        }
        (into, value) => append(into, value),
    }
}

/// Adds a value to those that a repeated field has already.
fn append(into: &mut Value, value: Value) {
    let mut values = match std::mem::replace(into, Value::List(Vec::new())) {
        Value::List(values) => values,
        first => vec![first],
    };
    match value {
        Value::List(more) => values.extend(more),
        one => values.push(one),
    }
    *into = Value::List(values);
}

fn canonical_value(value: Value, names: &Names, scope: &str) -> Value {
    match value {
        Value::Word(word) => Value::Word(number(&word).unwrap_or(word)),
        Value::Text(text) => Value::Text(text),
        Value::List(mut values) if values.len() == 1 => {
            canonical_value(values.remove(0), names, scope)
        }
        Value::List(values) => Value::List(
            values
                .into_iter()
                .map(|value| canonical_value(value, names, scope))
                .collect(),
        ),
        Value::Map(entries) => {
            let mut entries: Vec<(String, Value)> = entries
                .into_iter()
                .filter(|(_, value)| !matches!(value, Value::List(values) if values.is_empty()))
                .map(|(key, value)| {
                    (
                        full_key(key, names, scope),
                        canonical_value(value, names, scope),
                    )
                })
                .collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Map(entries)
        }
    }
}

fn full_key(key: String, names: &Names, scope: &str) -> String {
    let inside = key
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match inside.and_then(|name| names.extension(name, scope)) {
        Some((full, _)) => format!("[{full}]"),
        None => key,
    }
}

/// A number in decimals without suffix, and without exponent unless it is too large for an integer; None for what is no
/// number. A negative zero keeps its sign.
fn number(word: &str) -> Option<String> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", word),
    };
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    let hexadecimal = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    let integer = if let Some(hexadecimal) = hexadecimal {
        u64::from_str_radix(hexadecimal, 16).ok()
    } else if digits.len() > 1 && digits.starts_with('0') {
        u64::from_str_radix(digits, 8).ok()
    } else {
        digits.parse::<u64>().ok()
    };
    if let Some(integer) = integer {
        return Some(format!("{sign}{integer}"));
    }
    let digits = digits.trim_end_matches(['f', 'F']);
    let float: f64 = digits.parse().ok()?;
    let plain = format!("{float}");
    let is_readable = plain.contains('.') || plain.parse::<i64>().is_ok();
    let text = if is_readable {
        plain
    } else {
        format!("{float:e}")
    };
    float.is_finite().then(|| format!("{sign}{text}"))
}
