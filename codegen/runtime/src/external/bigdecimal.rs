//! Decimals as those of `bigdecimal`, which have any number of digits.

use ::bigdecimal::num_bigint::BigInt;

use super::decimals::{self, decimals};
use crate::logical;

pub use ::bigdecimal::BigDecimal;

decimals!(BigDecimal, from_decimal, to_decimal);

#[expect(
    clippy::unnecessary_wraps,
    reason = "other types have no room for some numbers"
)]
fn from_decimal<const SCALE: u32>(decimal: &logical::Decimal<SCALE>) -> Option<BigDecimal> {
    let number = BigInt::from_signed_bytes_be(&decimal.to_be_bytes());
    Some(BigDecimal::new(number, SCALE.into()))
}

/// Zeros behind the last digit are left out or put there; nothing is rounded. A scale can be any number, so what it asks for is
/// looked at before it is done.
fn to_decimal<const PRECISION: u32, const SCALE: u32>(
    value: &BigDecimal,
) -> Result<logical::Decimal<SCALE>, &'static str> {
    let (number, scale) = value.as_bigint_and_scale();
    let digits = i128::from(value.digits());
    let missing = i128::from(SCALE) - i128::from(scale);
    if value.sign() == ::bigdecimal::num_bigint::Sign::NoSign {
        return Ok(logical::Decimal::new(0));
    }
    if digits + missing > i128::from(PRECISION) {
        return Err(decimals::TOO_LARGE);
    }
    if digits + missing <= 0 {
        return Err(decimals::INEXACT);
    }
    let power = BigInt::from(10).pow(u32::try_from(missing.unsigned_abs()).unwrap_or(u32::MAX));
    let unscaled = if missing >= 0 {
        number.as_ref() * power
    } else if number.as_ref() % &power == BigInt::ZERO {
        number.as_ref() / power
    } else {
        return Err(decimals::INEXACT);
    };
    Ok(logical::Decimal::from_be_bytes(
        &unscaled.to_signed_bytes_be(),
    ))
}

#[cfg(test)]
mod tests {
    use super::{BigDecimal, DecimalBytes, DecimalFixed};
    use crate::{Codec, Reader};

    fn written<C: Codec<Value = BigDecimal>>(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        C::write(&text.parse().unwrap(), &mut out).ok()?;
        Some(out)
    }

    #[test]
    fn numbers_are_written_exactly_or_not_at_all() {
        type Cents = DecimalBytes<4, 2>;
        assert_eq!(written::<Cents>("12.34"), Some(vec![4, 0x04, 0xD2]));
        assert_eq!(written::<Cents>("1.5000"), written::<Cents>("1.5"));
        assert_eq!(written::<Cents>("7e1"), Some(vec![4, 0x1B, 0x58]));
        assert_eq!(written::<Cents>("0e900000000"), Some(vec![2, 0]));
        for text in ["1.005", "100", "1e900000000", "1e-900000000", "1e-4"] {
            assert_eq!(written::<Cents>(text), None, "{text}");
        }
        assert_eq!(
            written::<DecimalFixed<3, 4, 2>>("-0.01"),
            Some(vec![0xFF; 3])
        );
    }

    #[test]
    fn any_number_of_digits_comes_back() {
        type Wide = DecimalBytes<80, 20>;
        let text =
            "-123456789012345678901234567890123456789012345678901234567890.00000000000000000001";
        let bytes = written::<Wide>(text).unwrap();
        let read = Wide::read(&mut Reader::new(&bytes)).unwrap();
        assert_eq!(read.to_string(), text);
        assert_eq!(written::<Wide>(&text.replace(".0", "0.0")), None);
    }
}
