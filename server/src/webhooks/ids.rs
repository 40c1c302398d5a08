//! Ids that sort as what they count does.

/// A prefix, ten characters that sort as the number does, and sixteen that tell ids apart.
pub(super) fn sortable(prefix: &str, number: u64, tail: [u8; 10]) -> String {
    /// Crockford's base 32, in lower case: no letter looks like another, and the order is that of the numbers.
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let digit = |value: u128| char::from(DIGITS[usize::try_from(value & 31).unwrap_or_default()]);
    let tail = tail
        .iter()
        .fold(0u128, |value, byte| value << 8 | u128::from(*byte));
    let mut id = prefix.to_owned();
    id.extend(
        (0..10)
            .rev()
            .map(|place| digit(u128::from(number) >> (place * 5))),
    );
    id.extend((0..16).rev().map(|place| digit(tail >> (place * 5))));
    id
}
