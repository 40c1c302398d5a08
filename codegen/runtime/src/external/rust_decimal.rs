//! Decimals as those of `rust_decimal`, which have room for 28 digits.

use super::decimals::{self, decimals};
use crate::logical;

pub use ::rust_decimal::Decimal;

decimals!(Decimal, from_decimal, to_decimal);

fn from_decimal<const SCALE: u32>(decimal: &logical::Decimal<SCALE>) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(decimal.unscaled()?, SCALE).ok()
}

/// Zeros behind the last digit are left out or put there; nothing is rounded.
fn to_decimal<const PRECISION: u32, const SCALE: u32>(
    value: &Decimal,
) -> Result<logical::Decimal<SCALE>, &'static str> {
    let (mantissa, scale) = (value.mantissa(), value.scale());
    let unscaled = if scale <= SCALE {
        let power = 10_i128.checked_pow(SCALE - scale);
        let scaled = power.and_then(|power| mantissa.checked_mul(power));
        match scaled {
            None if mantissa == 0 => 0,
            scaled => scaled.ok_or(decimals::TOO_LARGE)?,
        }
    } else {
        // No more than 28, so the power is there.
        let power = 10_i128.pow(scale - SCALE);
        if mantissa % power != 0 {
            return Err(decimals::INEXACT);
        }
        mantissa / power
    };
    Ok(logical::Decimal::new(unscaled))
}

#[cfg(test)]
mod tests {
    use super::{Decimal, DecimalBytes, DecimalFixed};
    use crate::{Codec, Reader};

    fn written<C: Codec<Value = Decimal>>(text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        C::write(&text.parse().unwrap(), &mut out).ok()?;
        Some(out)
    }

    #[test]
    fn numbers_are_written_exactly_or_not_at_all() {
        type Cents = DecimalBytes<4, 2>;
        assert_eq!(written::<Cents>("12.34"), Some(vec![4, 0x04, 0xD2]));
        assert_eq!(written::<Cents>("-1.5"), Some(vec![4, 0xFF, 0x6A]));
        assert_eq!(written::<Cents>("1.5000"), written::<Cents>("1.5"));
        assert_eq!(written::<Cents>("7"), Some(vec![4, 0x02, 0xBC]));
        assert_eq!(
            written::<Cents>("1.005"),
            None,
            "a digit too many behind the point"
        );
        assert_eq!(written::<Cents>("100"), None, "a digit too many before it");
        assert_eq!(
            written::<DecimalBytes<38, 38>>("79228162514264337593543950335"),
            None
        );
        assert_eq!(written::<DecimalBytes<60, 50>>("0"), Some(vec![2, 0]));
        assert_eq!(
            written::<DecimalFixed<3, 4, 2>>("-0.01"),
            Some(vec![0xFF; 3])
        );
        assert_eq!(
            written::<DecimalFixed<1, 4, 2>>("1.28"),
            None,
            "more than the byte holds"
        );
    }

    #[test]
    fn what_there_is_no_room_for_is_an_error() {
        let read = |bytes: &[u8]| DecimalBytes::<28, 2>::read(&mut Reader::new(bytes));
        assert_eq!(read(&[4, 0x04, 0xD2]).unwrap(), Decimal::new(1234, 2));
        assert_eq!(
            read(&[24, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]).unwrap(),
            Decimal::new(1, 2)
        );
        assert!(read(&[28, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).is_err());
        let twenty = [&[40, 1][..], &[0; 19]].concat();
        assert!(read(&twenty).is_err());
    }
}
