//! Built beside the types of `options.rs`. The three modules are of one schema, so what one writes the others read.

use avro_options::{
    own::{Bits, Cents},
    replaced::{Priced, shop::PricedEither},
    decimals, with_bigdecimal, with_chrono, with_jiff, with_runtime, with_rust_decimal,
};
use dovetail_runtime::{AvroRef as _, AvroType};

fn through<T>(value: &T) -> Vec<u8>
where
    T: AvroType + PartialEq + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let bytes = value.to_vec().unwrap();
    assert_eq!(T::from_slice(&bytes).unwrap(), *value);
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value, "{json}");
    bytes
}

fn main() {
    let bytes = through(&with_runtime::Logical::default());
    let jiff = with_jiff::Logical::default();
    let chrono = with_chrono::Logical::default();
    assert_eq!(through(&jiff), bytes);
    assert_eq!(through(&chrono), bytes);
    assert_eq!(jiff.date.to_string(), "2024-01-01");
    assert_eq!(jiff.millis.to_string(), "2024-01-01T00:00:00Z");
    assert_eq!(chrono.date.to_string(), "2024-01-01");
    assert_eq!(chrono.millis.to_rfc3339(), "2024-01-01T00:00:00+00:00");
    assert_eq!(jiff.text_id, chrono.text_id);
    assert_eq!(jiff.text_id.to_string(), "67e55044-10b1-426f-9247-bb680e5fe0c8");
    assert_eq!(jiff.fixed_id.as_bytes()[15], 15);
    let unset = Priced::builder().r#type(None).build().unwrap_err();
    assert_eq!(unset.to_string(), "the builder of Priced was given no build, which has no default");
    let mut priced = Priced::builder().r#type(None).build_2("b").build().unwrap();
    assert_eq!(priced, Priced::new("b".to_owned(), None));
    assert_eq!(priced.price, Cents(5.0));
    priced.all.push(Cents(2.0));
    priced.either = Some(PricedEither::Tags(Bits(7)));
    assert_eq!(through(&priced), [10, 2, b'b', 0, 2, 4, 0, 4, 7]);
    // What the schema can say and the other crate has no room for is an error, not another value.
    let mut far = with_runtime::Logical::default();
    far.millis.0 = i64::MAX;
    let bytes = far.to_vec().unwrap();
    assert!(with_jiff::Logical::from_slice(&bytes).is_err());
    assert!(with_chrono::Logical::from_slice(&bytes).is_err());
    decimals();
}

/// What one type writes the others read, as the same number.
fn decimals() {
    let own = decimals::Decimals::default();
    let bytes = through(&own);
    let mut rust = with_rust_decimal::Decimals::default();
    let mut big = with_bigdecimal::Decimals::default();
    assert_eq!(through(&rust), bytes);
    assert_eq!(through(&big), bytes);
    assert_eq!((own.price.to_string(), rust.price.to_string(), big.price.to_string()), ("12.34".into(), "12.34".into(), "12.34".into()));
    assert_eq!((rust.fixed.to_string(), big.fixed.to_string()), ("-0.123".into(), "-0.123".into()));
    assert_eq!(rust.wide, own.wide, "more digits than there is room for stay the type that has it");
    assert_eq!(big.wide.to_plain_string(), "0.0000000001");
    rust.either = with_rust_decimal::DecimalsEither::Decimal("0.1234567890123456789012345678".parse().unwrap());
    big.either = with_bigdecimal::DecimalsEither::Decimal("0.1234567890123456789012345678".parse().unwrap());
    rust.entries.insert("k".to_owned(), "1.5".parse().unwrap());
    big.entries.insert("k".to_owned(), "1.50".parse().unwrap());
    let bytes = rust.to_vec().unwrap();
    assert_eq!(big.to_vec().unwrap(), bytes);
    assert_eq!(with_rust_decimal::Decimals::from_slice(&bytes).unwrap(), rust);
    let lent = with_bigdecimal::DecimalsRef::from_slice(&bytes).unwrap();
    assert_eq!(lent.entries["k"].to_string(), "1.500");
    assert_eq!(lent.to_owned(), big);
    for wrong in ["0.001", "99999999"] {
        rust.price = wrong.parse().unwrap();
        big.price = wrong.parse().unwrap();
        assert!(rust.to_vec().is_err() && big.to_vec().is_err(), "{wrong}");
        assert!(serde_json::to_string(&rust).is_ok() == (wrong != "0.001"));
    }
}
