//! Numbers in the spelling of Java, which the canonical form needs to agree byte for byte with Java's.

use std::fmt::Write as _;

use serde_json::{Number, Value};

/// Whether the literal is an integer: no fraction and no exponent, whatever its value.
pub(super) fn is_integral(number: &Number) -> bool {
    !number.as_str().contains(['.', 'e', 'E'])
}

/// A JSON number as Java reprints it: integers keep their digits, all others become doubles.
pub(super) fn print(number: &Number, out: &mut String) {
    match number.as_str() {
        "-0" => out.push('0'),
        digits if is_integral(number) => out.push_str(digits),
        text => match text.parse::<f64>() {
            Ok(double) => out.push_str(&double_text(double)),
            Err(_) => out.push_str(text),
        },
    }
}

/// What Java's `Double.toString` prints for a finite number.
pub(super) fn double_text(number: f64) -> String {
    let plain = number == 0.0 || (1e-3..1e7).contains(&number.abs());
    spell(&format!("{number:?}"), &format!("{number:e}"), plain)
}

/// What Java's `Float.toString` prints for a finite number.
pub(super) fn float_text(number: f32) -> String {
    let plain = number == 0.0 || (1e-3..1e7).contains(&number.abs());
    spell(&format!("{number:?}"), &format!("{number:e}"), plain)
}

/// Picks the plain spelling or rewrites the scientific one: a fraction is always there, and the exponent is a capital.
fn spell(plain_text: &str, scientific: &str, plain: bool) -> String {
    if plain {
        return plain_text.to_owned();
    }
    let (digits, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let mut text = digits.to_owned();
    if !digits.contains('.') {
        text.push_str(".0");
    }
    let _ = write!(text, "E{exponent}");
    text
}

/// What Java's `Double.parseDouble` makes of a text: a default such as `"NaN"` or `"1.5"` for a double field.
pub(super) fn parse_double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|character: char| character <= ' ');
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let negative = text.starts_with('-');
    match unsigned {
        "NaN" => return Some(f64::NAN),
        "Infinity" if negative => return Some(f64::NEG_INFINITY),
        "Infinity" => return Some(f64::INFINITY),
        _ => {}
    }
    let digits = unsigned
        .strip_suffix(['d', 'D', 'f', 'F'])
        .unwrap_or(unsigned);
    let known = digits.starts_with(|first: char| first.is_ascii_digit() || first == '.')
        && digits.chars().all(|character| {
            character.is_ascii_digit() || matches!(character, '.' | 'e' | 'E' | '+' | '-')
        });
    let number: f64 = known.then(|| digits.parse().ok()).flatten()?;
    Some(if negative { -number } else { number })
}

/// A double as a default is kept: a JSON number, or the string that Java prints for what JSON has no number for.
pub(super) fn double_value(number: f64) -> Value {
    let special = if number.is_nan() {
        "NaN"
    } else if number == f64::INFINITY {
        "Infinity"
    } else if number == f64::NEG_INFINITY {
        "-Infinity"
    } else {
        return number_value(&double_text(number));
    };
    Value::String(special.to_owned())
}

/// A number from its text.
pub(super) fn number_value(text: &str) -> Value {
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}
