//! Decimals of any size.

use alloc::{boxed::Box, format, string::String, string::ToString, vec::Vec};
use core::{
    fmt::{self, Write as _},
    str::FromStr,
};

use crate::{At, Codec, Error, Reader, codec::Bytes, write};

/// A number with `SCALE` digits behind the point.
///
/// Numbers of up to 128 bits are kept as such; larger ones as the bytes they are written as.
///
/// ```
/// use dovetail_runtime::logical::Decimal;
/// let price: Decimal<2> = "-12.34".parse().unwrap();
/// assert_eq!(price.unscaled(), Some(-1234));
/// assert_eq!(Decimal::<2>::new(5).to_string(), "0.05");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal<const SCALE: u32>(Number);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Number {
    Small(i128),
    /// Two's complement with the highest byte first, in as few bytes as possible, more than 16.
    Large(Box<[u8]>),
}

/// How many digits a text may have.
const MOST_DIGITS: usize = 4_096;

/// A text that is no decimal of the scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseDecimalError;

/// A decimal of a precision and a scale on bytes.
#[derive(Debug, Clone, Copy)]
pub struct DecimalBytes<const PRECISION: u32, const SCALE: u32>;

/// A decimal of a precision and a scale on a fixed type of `N` bytes.
#[derive(Debug, Clone, Copy)]
pub struct DecimalFixed<const N: usize, const PRECISION: u32, const SCALE: u32>;

impl<const SCALE: u32> Decimal<SCALE> {
    /// The number that is this many hundredths, for a scale of 2.
    pub const fn new(unscaled: i128) -> Self {
        Self(Number::Small(unscaled))
    }

    /// The number as an integer of its smallest unit, if it has no more than 128 bits.
    pub const fn unscaled(&self) -> Option<i128> {
        match self.0 {
            Number::Small(number) => Some(number),
            Number::Large(_) => None,
        }
    }

    /// The number of two's complement bytes with the highest byte first. No bytes are zero.
    pub fn from_be_bytes(bytes: &[u8]) -> Self {
        let bytes = shortest(bytes);
        Self(match padded(bytes) {
            Some(bytes) => Number::Small(i128::from_be_bytes(bytes)),
            None => Number::Large(bytes.into()),
        })
    }

    /// The number as two's complement bytes with the highest byte first, as few as possible but at least one.
    pub fn to_be_bytes(&self) -> Vec<u8> {
        self.with_bytes(<[u8]>::to_vec)
    }

    fn with_bytes<T>(&self, with: impl FnOnce(&[u8]) -> T) -> T {
        match &self.0 {
            Number::Small(number) => with(shortest(&number.to_be_bytes())),
            Number::Large(bytes) => with(bytes),
        }
    }

    fn is_negative(&self) -> bool {
        match &self.0 {
            Number::Small(number) => *number < 0,
            Number::Large(bytes) => bytes[0] >= 0x80,
        }
    }

    /// The decimal digits of the unscaled number without its sign.
    fn digits(&self) -> String {
        match &self.0 {
            Number::Small(number) => number.unsigned_abs().to_string(),
            Number::Large(bytes) => large_digits(bytes),
        }
    }

    fn fits(&self, precision: u32) -> bool {
        match &self.0 {
            Number::Small(number) => 10_u128
                .checked_pow(precision)
                .is_none_or(|bound| number.unsigned_abs() < bound),
            Number::Large(_) => self.digits().len() <= precision as usize,
        }
    }
}

/// Bytes without those at the front that only repeat the sign.
fn shortest(mut bytes: &[u8]) -> &[u8] {
    if bytes.is_empty() {
        return &[0];
    }
    while let [0, 0..=0x7F, ..] | [0xFF, 0x80..=0xFF, ..] = bytes {
        bytes = &bytes[1..];
    }
    bytes
}

/// Bytes with the sign repeated at the front, if there are no more than 16.
#[inline]
fn padded<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    let start = N.checked_sub(bytes.len())?;
    let is_negative = bytes.first().is_some_and(|&first| first >= 0x80);
    let mut padded = [if is_negative { 0xFF } else { 0 }; N];
    padded[start..].copy_from_slice(bytes);
    Some(padded)
}

/// The decimal digits of a two's complement number without its sign: divides by a power of ten until nothing is left.
fn large_digits(bytes: &[u8]) -> String {
    const POWER: u64 = 1_000_000_000;
    let is_negative = bytes[0] >= 0x80;
    let mut magnitude: Vec<u8> = bytes.to_vec();
    if is_negative {
        negate(magnitude.iter_mut().rev());
    }
    let mut groups = Vec::new();
    let mut rest = magnitude.as_mut_slice();
    loop {
        while let [0, behind @ ..] = rest {
            rest = behind;
        }
        if rest.is_empty() {
            break;
        }
        let mut remainder = 0;
        for byte in rest.iter_mut() {
            let dividend = (remainder << 8) | u64::from(*byte);
            *byte = (dividend / POWER).to_le_bytes()[0];
            remainder = dividend % POWER;
        }
        groups.push(remainder);
    }
    let mut digits = groups.pop().unwrap_or(0).to_string();
    for group in groups.iter().rev() {
        let _ = write!(digits, "{group:09}");
    }
    digits
}

impl<const SCALE: u32> Default for Decimal<SCALE> {
    fn default() -> Self {
        Self::new(0)
    }
}

impl<const SCALE: u32> fmt::Display for Decimal<SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scale = SCALE as usize;
        let digits = format!("{:0>1$}", self.digits(), scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale > 0 { "." } else { "" };
        f.pad_integral(
            !self.is_negative(),
            "",
            &format!("{whole}{point}{fraction}"),
        )
    }
}

impl<const SCALE: u32> fmt::Debug for Decimal<SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decimal({self})")
    }
}

/// No more digits behind the point than the scale, and no more than 4,096 digits in all.
impl<const SCALE: u32> FromStr for Decimal<SCALE> {
    type Err = ParseDecimalError;

    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = whole.strip_prefix(['-', '+']).unwrap_or(whole);
        let scale = SCALE as usize;
        let has_digits = !unsigned.is_empty() || !fraction.is_empty();
        if !has_digits || !is_number(unsigned) || !is_number(fraction) || fraction.len() > scale {
            return Err(ParseDecimalError);
        }
        if unsigned.len() + scale > MOST_DIGITS {
            return Err(ParseDecimalError);
        }
        let digits = format!("{whole}{fraction:0<scale$}");
        Ok(digits
            .parse()
            .map_or_else(|_| Self::from_be_bytes(&large_number(&digits)), Self::new))
    }
}

/// The two's complement bytes of decimal digits with a sign: multiplies by ten for each digit.
fn large_number(digits: &str) -> Vec<u8> {
    let is_negative = digits.starts_with('-');
    let digits = digits.trim_start_matches(['-', '+']);
    let mut lowest_first: Vec<u8> = Vec::with_capacity(digits.len() / 2);
    for digit in digits.bytes() {
        let mut carry = u16::from(digit - b'0');
        for byte in &mut lowest_first {
            let product = u16::from(*byte) * 10 + carry;
            *byte = product.to_le_bytes()[0];
            carry = product >> 8;
        }
        if carry > 0 {
            lowest_first.push(carry.to_le_bytes()[0]);
        }
    }
    // The sign.
    lowest_first.push(0);
    if is_negative {
        negate(lowest_first.iter_mut());
    }
    lowest_first.reverse();
    lowest_first
}

/// Negates a two's complement number whose lowest byte comes first.
fn negate<'a>(bytes: impl Iterator<Item = &'a mut u8>) {
    let mut carry = true;
    for byte in bytes {
        let (negated, overflows) = (!*byte).overflowing_add(u8::from(carry));
        *byte = negated;
        carry = overflows;
    }
}

impl fmt::Display for ParseDecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal is digits with at most as many behind the point as its scale says")
    }
}

impl core::error::Error for ParseDecimalError {}

const TOO_LARGE: &str = "a decimal has more digits than its precision allows";

impl<const PRECISION: u32, const SCALE: u32> Codec for DecimalBytes<PRECISION, SCALE> {
    type Value = Decimal<SCALE>;

    #[inline]
    fn write(value: &Decimal<SCALE>, out: &mut Vec<u8>) -> Result<(), Error> {
        if !value.fits(PRECISION) {
            return Err(Error::logical(TOO_LARGE));
        }
        value.with_bytes(|bytes| write::bytes(bytes, out));
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<Decimal<SCALE>, Error> {
        input.bytes().map(Decimal::from_be_bytes)
    }

    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<Decimal<SCALE>, Error> {
        Bytes::resolve(at, input).map(|bytes| Decimal::from_be_bytes(&bytes))
    }
}

impl<const N: usize, const PRECISION: u32, const SCALE: u32> Codec
    for DecimalFixed<N, PRECISION, SCALE>
{
    type Value = Decimal<SCALE>;

    #[inline]
    fn write(value: &Decimal<SCALE>, out: &mut Vec<u8>) -> Result<(), Error> {
        let bytes = value.with_bytes(padded::<N>);
        match bytes {
            Some(bytes) if value.fits(PRECISION) => {
                out.extend_from_slice(&bytes);
                Ok(())
            }
            _ => Err(Error::logical(TOO_LARGE)),
        }
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<Decimal<SCALE>, Error> {
        input.take(N).map(Decimal::from_be_bytes)
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<Decimal<SCALE>, Error> {
        at.fixed::<N>(input)
            .map(|bytes| Decimal::from_be_bytes(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn numbers_of_every_size_are_written_in_as_few_bytes_as_possible() {
        for (bytes, shortest, text) in [
            (&[][..], &[0][..], "0.00"),
            (&[0, 0, 0x7F], &[0x7F], "1.27"),
            (&[0, 0x80], &[0, 0x80], "1.28"),
            (&[0xFF, 0xFF, 0x80], &[0x80], "-1.28"),
            (&[0xFF, 0x7F], &[0xFF, 0x7F], "-1.29"),
            (
                &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                "3402823669209384634633746074317682114.56",
            ),
            (
                &[0xFE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                &[0xFE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
                "-6805647338418769269267492148635364229.12",
            ),
        ] {
            let decimal = Decimal::<2>::from_be_bytes(bytes);
            assert_eq!(decimal.to_be_bytes(), shortest);
            assert_eq!(decimal.to_string(), text);
        }
    }

    #[test]
    fn texts_of_any_length_come_back() {
        let digits = "9".repeat(60);
        for text in [
            format!("{digits}.99"),
            format!("-{digits}.01"),
            "170141183460469231731687303715884105.728".to_owned(),
            "-170141183460469231731687303715884105.728".to_owned(),
            "-170141183460469231731687303715884105.729".to_owned(),
        ] {
            let scaled = text.parse::<Decimal<3>>().unwrap();
            let shown = scaled.to_string();
            assert_eq!(shown.trim_end_matches('0'), text);
            assert_eq!(Decimal::<3>::from_be_bytes(&scaled.to_be_bytes()), scaled);
        }
        assert!("9".repeat(5_000).parse::<Decimal<3>>().is_err());
    }

    #[test]
    fn texts_with_too_many_digits_behind_the_point_are_refused() {
        assert_eq!("1.2".parse(), Ok(Decimal::<2>::new(120)));
        assert_eq!("-.05".parse(), Ok(Decimal::<2>::new(-5)));
        for text in ["1.234", "", ".", "1e5", "--1", "1.-5", "-"] {
            assert!(text.parse::<Decimal<2>>().is_err(), "{text}");
        }
    }
}
