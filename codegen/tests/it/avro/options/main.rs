//! Built beside the types of `options.rs`. The three modules are of one schema, so what one writes the others read.

use avro_options::{
    own::{Bits, Cents},
    replaced::{Priced, shop::PricedEither},
    with_chrono, with_jiff, with_runtime,
};
use dovetail_runtime::AvroType;

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
}
