//! Built beside the types of `cases.rs`. Whatever is named here has to be there under that name.

use std::collections::HashMap;

use avro_cases::{
    collisions::Collisions,
    defaults::Defaults,
    keywords::Keywords,
    names_of_the_prelude::NamesOfThePrelude,
    nulls::Nulls,
    order::Order,
    recursive, two_namespaces,
    unions::{Unions, UnionsMixed},
};
use dovetail_runtime::{
    AvroType, Plan, Reader, Registered,
    logical::{Decimal, Uuid},
};

/// Writes and reads a value, as bytes and as JSON.
fn through<T>(value: &T)
where
    T: AvroType + PartialEq + std::fmt::Debug + serde::Serialize + serde::de::DeserializeOwned,
{
    let bytes = value.to_vec().unwrap();
    assert_eq!(T::from_slice(&bytes).unwrap(), *value);
    let same = T::from_slice_with(&Plan::same(), &bytes).unwrap();
    assert_eq!(same, *value);
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value, "{json}");
    assert_eq!(
        T::from_single_object(&value.to_single_object().unwrap()).unwrap(),
        *value
    );
    assert!(
        T::from_slice(&[&bytes[..], &[0]].concat()).is_err(),
        "a byte too many"
    );
    if let Some((_, shorter)) = bytes.split_last() {
        assert!(T::from_slice(shorter).is_err(), "a byte too few");
    }
}

fn main() {
    defaults();
    nulls();
    unions();
    names();
    recursion();
    versions();
    lending::all();
}

fn defaults() {
    let made = Defaults::default();
    assert_eq!(made.integer_for_double, 3.0);
    assert_eq!(made.small_double, 0.000_123_456);
    assert_eq!(made.large_float, 3.0e38);
    assert_eq!(made.one_byte, [0xFF]);
    assert_eq!(made.two_fixed_bytes.0, [0xFF, 0x00]);
    assert_eq!(made.quoted, "a\"b\\c\n\u{e9}");
    assert_eq!(made.second_branch.as_deref(), Some("x"));
    assert_eq!(made.inner.number, 7);
    assert_eq!(made.inner.text, "of the inner record");
    assert_eq!(made.list, [1, -2]);
    assert_eq!(made.entries, HashMap::from([("k".to_owned(), vec![true])]));
    assert_eq!(made.symbol.as_str(), "ON");
    assert_eq!(made.price, Decimal::new(1234));
    assert_eq!(made.at.0, 5);
    assert_eq!(made.not_a_number.to_bits(), f64::NAN.to_bits());
    // NaN is equal to nothing, so the bytes are compared.
    let bytes = made.to_vec().unwrap();
    assert_eq!(
        Defaults::from_slice(&bytes).unwrap().to_vec().unwrap(),
        bytes
    );
}

fn nulls() {
    through(&Nulls {
        last: Some("x".to_owned()),
        only: (),
        only_branch: (),
        single: 5,
    });
    let nothing = Nulls {
        last: None,
        only: (),
        only_branch: (),
        single: -1,
    };
    assert_eq!(nothing.to_vec().unwrap(), [2, 0, 0, 1]);
    through(&nothing);
}

fn unions() {
    let id = Uuid([7; 16]);
    for mixed in [
        None,
        Some(UnionsMixed::String("x".to_owned())),
        Some(UnionsMixed::Map(HashMap::from([("k".to_owned(), 1)]))),
        Some(UnionsMixed::Hash(avro_cases::unions::Hash([1, 2]))),
        Some(UnionsMixed::Decimal(Decimal::new(-5))),
    ] {
        through(&Unions {
            mixed: mixed.clone(),
            ids: vec![Some(id), None],
            amounts: HashMap::from([("a".to_owned(), Decimal::new(99))]),
            bytes: vec![Some(vec![0, 255])],
        });
    }
    let value: UnionsMixed = "x".to_owned().into();
    assert_eq!(value.as_string().map(String::as_str), Some("x"));
    assert_eq!(serde_json::to_string(&value).unwrap(), r#"{"string":"x"}"#);
    let too_large = Unions {
        mixed: Some(UnionsMixed::Decimal(Decimal::new(100_000))),
        ids: Vec::new(),
        amounts: HashMap::new(),
        bytes: Vec::new(),
    };
    assert!(
        too_large.to_vec().is_err(),
        "more digits than the precision"
    );
}

fn names() {
    through(&Keywords {
        r#type: 1,
        self_: 2,
        r#fn: 3,
        crate_: 4,
        value: 5,
        out: 6,
        input: 7,
        at: 8,
        step: 9,
        steps: 10,
        level: 11,
    });
    through(&Collisions {
        foo_bar: "1".to_owned(),
        foo_bar_2: "2".to_owned(),
        switch: avro_cases::collisions::Switch::On_2,
    });
    assert_eq!(avro_cases::collisions::Switch::On_2.as_str(), "ON");
    assert_eq!("on".parse(), Ok(avro_cases::collisions::Switch::On));
    through(&NamesOfThePrelude {
        option: Some(avro_cases::names_of_the_prelude::Option { vec: vec![1] }),
        vec: avro_cases::names_of_the_prelude::Vec {
            some: Some("x".to_owned()),
        },
    });
    through(&two_namespaces::Outer {
        one: two_namespaces::a::Same { x: 1 },
        other: two_namespaces::b::Same { y: "y".to_owned() },
    });
}

fn recursion() {
    use recursive::{Branch, Tree, TreeKind};
    let leaf = Tree {
        kind: TreeKind::Int(1),
        next: None,
    };
    let tree = Tree {
        kind: TreeKind::Branch(Branch {
            left: Box::new(leaf.clone()),
            right: vec![leaf.clone(), leaf.clone()],
        }),
        next: Some(Box::new(leaf)),
    };
    through(&tree);
    // A chain that is longer than the limit is an error, not the end of the stack.
    let bytes = [&[0, 2, 2].repeat(100_000)[..], &[0, 2, 0]].concat();
    assert!(Tree::from_slice(&bytes).is_err());
    assert!(Tree::from_slice_with(&Plan::same(), &bytes).is_err());
    // Nor does a block that claims to be huge make room for it.
    assert!(
        Tree::decode(&mut Reader::new(&[
            2, 2, 0, 254, 255, 255, 255, 255, 255, 255, 255, 127
        ]))
        .is_err()
    );
}

fn versions() {
    assert_eq!(
        (Order::SUBJECT, Order::VERSION, Order::ID),
        ("orders-value", 2, 12)
    );
    let old = avro_cases::order::v1::Order {
        id: 5,
        old_name: "n".to_owned(),
        dropped: vec![1],
        place: avro_cases::order::Place {
            city: "Bern".to_owned(),
        },
    };
    let new = Order::from(&old);
    let expected = Order {
        id: 5,
        name: "n".to_owned(),
        place: old.place.clone(),
        note: "none".to_owned(),
    };
    assert_eq!(new, expected);
    let plan = Plan::<Order>::new(avro_cases::order::v1::Order::SCHEMA).unwrap();
    assert!(!plan.is_same() && plan.problems().is_empty());
    assert_eq!(
        Order::from_slice_with(&plan, &old.to_vec().unwrap()).unwrap(),
        expected
    );
    through(&new);
    grown();
    narrowed();
}

/// A conversion that is written out gives what reading gives.
fn grown() {
    use avro_cases::grown::{Grown, v1::new as v1};
    let old = v1::Grown {
        number: 1,
        text: "t".to_owned(),
        list: vec![Some(1), None],
        entries: HashMap::from([("k".to_owned(), 2.5)]),
        kind: v1::Kind::B,
        maybe: Some(v1::Part { x: 3 }),
        either: Some(v1::GrownEither::Part(v1::Part { x: 4 })),
        single: 5,
        hash: v1::Hash([1, 2]),
    };
    let new = Grown::from(&old);
    let plan = Plan::<Grown>::new(v1::Grown::SCHEMA).unwrap();
    assert_eq!(new, Grown::from_slice_with(&plan, &old.to_vec().unwrap()).unwrap());
    assert_eq!((new.number, new.kind, new.single), (1, avro_cases::grown::new::Kind::A, Some(5)));
    assert_eq!(new.part, avro_cases::grown::new::Part { x: 7, y: "y".to_owned() });
    let none = v1::Grown { maybe: None, either: None, kind: v1::Kind::A, ..old };
    let plan_of_none = Grown::from_slice_with(&plan, &none.to_vec().unwrap()).unwrap();
    assert_eq!(Grown::from(&none), plan_of_none);
}

/// Where some value has no counterpart, the conversion may fail, and does for that value only.
fn narrowed() {
    use avro_cases::narrowed::{Narrowed, v1};
    let of = |kind| v1::Narrowed { kind };
    let new: Result<Narrowed, dovetail_runtime::ConvertError> = Narrowed::try_from(&of(v1::Kind::A));
    assert_eq!(new.unwrap().kind, avro_cases::narrowed::Kind::A);
    assert!(Narrowed::try_from(&of(v1::Kind::B)).is_err());
}
