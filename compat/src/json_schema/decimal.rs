//! Numbers of a schema, compared as the decimals they are written as: `0.5` equals `0.50`, and no digit is lost to a
//! float.

use std::{cmp::Ordering, fmt};

use serde_json::Number;

/// A decimal number: `0.d₁d₂… × 10^exponent`, without zeros at either end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Decimal {
    negative: bool,
    digits: Box<[u8]>,
    exponent: i64,
    /// As it was written, for messages.
    text: Written,
}

/// Takes no part in comparisons.
#[derive(Debug, Clone)]
struct Written(Box<str>);

impl PartialEq for Written {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Written {}

impl std::hash::Hash for Written {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl Decimal {
    pub(super) fn of(number: &Number) -> Self {
        let text = number.to_string();
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let (mantissa, power) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let leading = all.iter().take_while(|&&digit| digit == b'0').count();
        let trailing = all.iter().rev().take_while(|&&digit| digit == b'0').count();
        let is_zero = leading == all.len();
        let digits = if is_zero {
            Box::default()
        } else {
            all[leading..all.len() - trailing].into()
        };
        // A power beyond the range of 64 bits is as good as infinite, and still ordered among sane numbers.
        let power: i64 = power.trim_start_matches('+').parse().unwrap_or_else(|_| {
            if power.starts_with('-') {
                i64::MIN / 4
            } else {
                i64::MAX / 4
            }
        });
        let point = i64::try_from(whole.len()).unwrap_or(i64::MAX / 4)
            - i64::try_from(leading).unwrap_or(i64::MAX / 4);
        Self {
            negative: negative && !is_zero,
            digits,
            exponent: if is_zero {
                0
            } else {
                power.saturating_add(point)
            },
            text: Written(text.into()),
        }
    }

    /// Whether this is a whole multiple of the other. Figures beyond 38 digits are not looked into: they are none.
    pub(super) fn is_multiple_of(&self, other: &Self) -> bool {
        let unit = self.last_place().min(other.last_place());
        match (self.in_units(unit), other.in_units(unit)) {
            (Some(this), Some(divisor)) if divisor != 0 => this % divisor == 0,
            _ => false,
        }
    }

    /// The power of ten of the last digit.
    fn last_place(&self) -> i64 {
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX / 4);
        self.exponent.saturating_sub(length)
    }

    /// The absolute value in units of a power of ten, where that is a whole number within 128 bits.
    fn in_units(&self, unit: i64) -> Option<u128> {
        let zeros = u32::try_from(self.last_place().saturating_sub(unit)).ok()?;
        let digits = self.digits.iter().try_fold(0_u128, |number, digit| {
            number
                .checked_mul(10)?
                .checked_add(u128::from(digit - b'0'))
        })?;
        digits.checked_mul(10_u128.checked_pow(zeros)?)
    }

    /// A spelling that equal numbers share.
    pub(super) fn push_key(&self, key: &mut String) {
        use fmt::Write as _;
        if self.negative {
            key.push('-');
        }
        key.extend(self.digits.iter().map(|&digit| char::from(digit)));
        let _ = write!(key, "e{}", self.exponent);
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let magnitude =
            |this: &Self, other: &Self| match (this.digits.is_empty(), other.digits.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => this
                    .exponent
                    .cmp(&other.exponent)
                    .then_with(|| this.digits.cmp(&other.digits)),
            };
        match (self.negative, other.negative) {
            (false, false) => magnitude(self, other),
            (true, true) => magnitude(other, self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// As it was written, cut where it is too long to read.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 40;
        match self.text.0.get(..LONGEST) {
            Some(start) if self.text.0.len() > LONGEST => write!(f, "{start}…"),
            _ => f.write_str(&self.text.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn decimal(text: &str) -> Decimal {
        Decimal::of(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn spelling_does_not_matter() {
        for (one, other) in [
            ("0.5", "0.50"),
            ("1e2", "100"),
            ("-0", "0"),
            ("1.0E+1", "10"),
            ("0e9", "0"),
        ] {
            assert_eq!(decimal(one), decimal(other), "{one} {other}");
        }
    }

    #[test]
    fn order_is_exact() {
        let ordered = [
            "-1e400",
            "-10",
            "-9.5",
            "-0.1",
            "0",
            "1e-400",
            "0.1",
            "9.5",
            "9007199254740992",
            "9007199254740993",
            "1e400",
            "1e99999999999999999999",
        ];
        for pair in ordered.windows(2) {
            assert!(decimal(pair[0]) < decimal(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn multiples_are_exact() {
        assert!(decimal("0.3").is_multiple_of(&decimal("0.1")));
        assert!(!decimal("0.1").is_multiple_of(&decimal("0.3")));
        assert!(decimal("1e3").is_multiple_of(&decimal("2.5")));
        assert!(!decimal("1e99999").is_multiple_of(&decimal("7")));
    }
}
