//! Types that borrow, beside those that own.

use std::collections::HashMap;

use avro_cases::{
    borrowed::{
        Borrowed, BorrowedRef,
        lent::{BorrowedAlways, BorrowedEither, BorrowedEitherRef, Hash, HashRef, HashRef_2, Kind, Plain, deep},
    },
    grown::{Grown, GrownRef, v1},
    map_root::MapRootRef,
    order::{Order, OrderRef, v1 as order_v1},
    referrer::ReferrerRef,
    text_root::{TextRoot, TextRootRef},
};
use dovetail_runtime::{
    AvroRef, AvroType, Cause, Plan, Registered,
    logical::{Decimal, Uuid},
};

pub(crate) fn all() {
    every_kind_of_part();
    other_writers();
    hostile();
    roots();
}

fn full() -> Borrowed {
    let inner = deep::Inner { tags: vec!["x".to_owned(), String::new()] };
    let mut value = Borrowed {
        text: "t\u{e9}xt".to_owned(),
        bytes: vec![0, 255],
        hash: Hash([1, 2, 3, 4]),
        number: -5,
        plain: Plain { x: 0.5 },
        kind: Kind::B,
        inner: inner.clone(),
        maybe: Some(inner.clone()),
        late: Some("late".to_owned()),
        either: Some(BorrowedEither::Hash(Hash([9; 4]))),
        always: BorrowedAlways::Array(vec![vec![1], Vec::new()]),
        entries: HashMap::from([("k".to_owned(), HashMap::from([("v".to_owned(), Hash([7; 4]))]))]),
        numbers: HashMap::from([("n".to_owned(), 3)]),
        list: vec![None, Some(inner.clone())],
        single: "one".to_owned(),
        price: Decimal::new(1234),
        id: Uuid([6; 16]),
        next: None,
        hash_ref: HashRef {},
    };
    value.next = Some(Box::new(Borrowed {
        maybe: None,
        late: None,
        either: None,
        always: BorrowedAlways::String("s".to_owned()),
        ..value.clone()
    }));
    value
}

fn every_kind_of_part() {
    let value = full();
    let bytes = value.to_vec().unwrap();
    let read = BorrowedRef::from_slice(&bytes).unwrap();
    assert_eq!(read, BorrowedRef::from(&value));
    assert_eq!(read.to_owned(), value);
    assert_eq!(read.to_vec().unwrap(), bytes);
    let same = Plan::same();
    assert_eq!(BorrowedRef::from_slice_with(&same, &bytes).unwrap(), read);
    // It points into the bytes.
    let range = bytes.as_ptr_range();
    for place in [read.text.as_ptr(), read.bytes.as_ptr(), read.hash.0.as_ptr(), read.inner.tags[0].as_ptr()] {
        assert!(range.contains(&place));
    }
    assert_eq!(read.hash, HashRef_2(&[1, 2, 3, 4]));
    assert_eq!(format!("{:?}", read.hash), "HashRef_2(01020304)");
    for either in [
        BorrowedEitherRef::String("s"),
        BorrowedEitherRef::Bytes(&[1]),
        BorrowedEitherRef::Inner(deep::InnerRef { tags: vec!["t"] }),
        BorrowedEitherRef::Long(-1),
    ] {
        let read = BorrowedRef { either: Some(either.clone()), ..read.clone() };
        assert_eq!(BorrowedRef::from_slice(&read.to_vec().unwrap()).unwrap().either, Some(either.clone()));
        assert_eq!(BorrowedEitherRef::from(&either.to_owned()), either);
    }
    let object = read.to_single_object().unwrap();
    assert_eq!(object, value.to_single_object().unwrap());
    assert_eq!(BorrowedRef::from_single_object(&object).unwrap(), read);
    for end in 0..bytes.len() {
        assert!(BorrowedRef::from_slice(&bytes[..end]).is_err());
    }
    assert!(BorrowedRef::from_slice(&[&bytes[..], &[0]].concat()).is_err());
}

/// What another writer wrote is read as the type that owns reads it, defaults included.
fn other_writers() {
    let old = order_v1::Order {
        id: 5,
        old_name: "n".to_owned(),
        dropped: vec![1],
        place: avro_cases::order::Place { city: "Bern".to_owned() },
    };
    let plan = Plan::<Order>::new(order_v1::Order::SCHEMA).unwrap();
    let bytes = old.to_vec().unwrap();
    let read = OrderRef::from_slice_with(&plan, &bytes).unwrap();
    assert_eq!((read.id, read.name, read.place.city, read.note), (5, "n", "Bern", "none"));
    assert_eq!(read.to_owned(), Order::from(&old));
    assert_eq!((OrderRef::SUBJECT, OrderRef::ID), (Order::SUBJECT, Order::ID));
    let plan = Plan::<Grown>::new(v1::new::Grown::SCHEMA).unwrap();
    let mut old = v1::new::Grown {
        number: 1,
        text: "t".to_owned(),
        list: vec![Some(1), None],
        entries: HashMap::from([("k".to_owned(), 2.5)]),
        kind: v1::new::Kind::B,
        maybe: Some(v1::new::Part { x: 3 }),
        either: None,
        single: 5,
        hash: v1::new::Hash([1, 2]),
    };
    for either in [
        None,
        Some(v1::new::GrownEither::String("s".to_owned())),
        Some(v1::new::GrownEither::Part(v1::new::Part { x: 4 })),
    ] {
        old.either = either;
        let bytes = old.to_vec().unwrap();
        let read = GrownRef::from_slice_with(&plan, &bytes).unwrap();
        assert_eq!(read.to_owned(), Grown::from_slice_with(&plan, &bytes).unwrap());
    }
    // Bytes as a string are borrowed if they are one, and nothing is put in place of what is not.
    let plan = Plan::<TextRoot>::new("\"bytes\"").unwrap();
    let read = TextRootRef::from_slice_with(&plan, &[4, b'o', b'k']);
    assert_eq!(read.unwrap().0, "ok");
    let error = TextRootRef::from_slice_with(&plan, &[2, 0xFF]).unwrap_err();
    assert_eq!(*error.cause(), Cause::Utf8);
    assert_eq!(TextRoot::from_slice_with(&plan, &[2, 0xFF]).unwrap().0, "\u{FFFD}");
}

fn hostile() {
    let mut chain = full();
    for _ in 0..150 {
        chain = Borrowed { next: Some(Box::new(chain)), ..full() };
    }
    let bytes = chain.to_vec().unwrap();
    let owned = Borrowed::from_slice(&bytes).map_err(|error| error.cause().clone());
    let lent = BorrowedRef::from_slice(&bytes).map_err(|error| error.cause().clone());
    assert_eq!(lent.map(|lent| lent.to_owned()), owned);
    let endless = [2, b'k'].iter().chain(&[0x80; 20]).copied().collect::<Vec<u8>>();
    assert!(MapRootRef::from_slice(&endless).is_err());
    let huge = [254, 255, 255, 255, 255, 255, 255, 255, 255, 1];
    assert_eq!(MapRootRef::from_slice(&huge).unwrap_err().cause(), &Cause::Budget);
}

fn roots() {
    let read = MapRootRef::from_slice(&[2, 2, b'k', 4, 1, 2, 0]).unwrap();
    assert_eq!(read.0, HashMap::from([("k", &[1, 2][..])]));
    assert_eq!(read.to_owned().to_vec().unwrap(), read.to_vec().unwrap());
    assert!(ReferrerRef::from_slice(&[0]).unwrap().place.is_none());
}
