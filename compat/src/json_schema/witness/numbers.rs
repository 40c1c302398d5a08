//! Numbers near the limits of some schemas.

use serde_json::{Number, Value};

use super::maker::{Applied, Type};

/// Numbers that some schemas may accept together: zero, their limits, and what lies around.
pub(super) fn numbers(applied: &Applied<'_>, of: Type) -> Vec<Value> {
    let mut numbers = if of == Type::Integer {
        vec![0.0, 1.0]
    } else {
        vec![0.5]
    };
    let mut limits = Vec::new();
    let mut factors = Vec::new();
    for (_, keywords) in &applied.items {
        for keyword in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
            limits.extend(keywords.get(keyword).and_then(Value::as_f64));
        }
        factors.extend(keywords.get("multipleOf").and_then(Value::as_f64));
    }
    for &limit in &limits {
        numbers.extend(around(limit));
        numbers.extend([
            limit.ceil(),
            limit.floor(),
            limit.ceil() + 1.0,
            limit.floor() - 1.0,
        ]);
    }
    let product: f64 = factors.iter().product();
    for factor in factors.into_iter().chain([product]) {
        numbers.extend([
            factor,
            -factor,
            2.0 * factor,
            3.0 * factor,
            5.0 * factor,
            7.0 * factor,
        ]);
        for limit in &limits {
            let times = limit / factor;
            numbers.extend(
                [
                    times.floor(),
                    times.ceil(),
                    times.floor() - 1.0,
                    times.ceil() + 1.0,
                ]
                .map(|times| times * factor),
            );
        }
    }
    for pair in limits.windows(2) {
        numbers.push(f64::midpoint(pair[0], pair[1]));
    }
    let is_whole = |number: &f64| number.fract() == 0.0;
    numbers
        .into_iter()
        .filter(|number| is_whole(number) == (of == Type::Integer))
        .filter_map(json)
        .collect()
}

/// What lies around a limit.
pub(super) fn around(limit: f64) -> [f64; 7] {
    [
        limit,
        limit + 1.0,
        limit - 1.0,
        limit + 0.5,
        limit - 0.5,
        limit + 0.1,
        limit - 0.1,
    ]
}

/// A number as people write it: `3`, not `3.0`.
pub(super) fn json(number: f64) -> Option<Value> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
        return Some(Value::from(number as i64));
    }
    Number::from_f64(number).map(Value::Number)
}
