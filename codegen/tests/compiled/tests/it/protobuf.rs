//! Messages keep what they hold, and know their place in their file.

use dovetail_codegen_compiled::protobuf::{self, bare, money, order};
use dovetail_runtime::ProtobufType;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, ReflectMessage};

fn order() -> order::Order {
    let line = order::order::Line {
        sku: "a".to_owned(),
        amount: Some(order::order::line::Amount { number: 3 }),
    };
    order::Order {
        id: "1".to_owned(),
        total: Some(money::Money {
            currency: "EUR".to_owned(),
            cents: 1999,
        }),
        note: Some("as a wrapper".to_owned()),
        lines: vec![line.clone()],
        by_sku: [("a".to_owned(), line)].into(),
        self_: Some(4),
        payment: Some(order::order::Payment::Voucher("x".to_owned())),
        parent: Some(Box::default()),
        ..order::Order::default()
    }
}

#[test]
fn a_message_survives_the_wire() {
    let bytes = order().encode_to_vec();
    assert_eq!(order::Order::decode(&*bytes).expect("a message"), order());
    let bare = bare::Option {
        some: "x".to_owned(),
        ..bare::Option::default()
    };
    assert_eq!(bare.with_default(), 7);
    let bytes = bare.encode_to_vec();
    assert_eq!(bare::Option::decode(&*bytes).expect("a message"), bare);
}

#[test]
fn message_indexes_lead_through_the_descriptor_to_the_message() {
    fn leads<M: ProtobufType>(file: &str) {
        let pool = DescriptorPool::decode(M::FILE_DESCRIPTOR_SET).expect("descriptors");
        let file = pool.get_file_by_name(file).expect("the file");
        let mut indexes = M::MESSAGE_INDEXES
            .iter()
            .map(|index| usize::try_from(*index).expect("an index"));
        let top = indexes.next().expect("an index");
        let found = indexes.fold(
            file.messages().nth(top).expect("a message"),
            |message, index| {
                let mut written = message.child_messages().filter(|one| !one.is_map_entry());
                written.nth(index).expect("a message")
            },
        );
        assert_eq!(found.full_name(), M::FULL_NAME);
    }
    leads::<order::Order>("order.proto");
    leads::<order::Receipt>("order.proto");
    leads::<order::order::Card>("order.proto");
    leads::<order::order::line::Amount>("order.proto");
    leads::<money::Money>("common/money.proto");
    leads::<bare::Option>("bare.proto");
    assert_eq!(order::Receipt::MESSAGE_INDEXES, [1]);
    assert_eq!(order::order::line::Amount::MESSAGE_INDEXES, [0, 0, 0]);
}

#[test]
fn the_embedded_descriptor_reads_what_the_type_writes() {
    let pool = DescriptorPool::decode(order::Order::FILE_DESCRIPTOR_SET).expect("descriptors");
    let descriptor = pool
        .get_message_by_name(order::Order::FULL_NAME)
        .expect("the message");
    let bytes = order().encode_to_vec();
    let read = DynamicMessage::decode(descriptor, &*bytes).expect("a message");
    assert_eq!(
        read.get_field_by_name("id").expect("a field").as_str(),
        Some("1")
    );
    assert_eq!(read.descriptor().full_name(), "shop.v1.Order");
}

#[test]
fn the_text_is_the_file_byte_for_byte() {
    let file = include_str!("../../cases/protobuf/common/money.proto");
    assert_eq!(money::Money::SCHEMA, file);
    assert_eq!(money::SCHEMA, file);
    assert_eq!(money::SHA256, money::Money::SHA256);
}

#[test]
fn an_imported_message_is_one_type() {
    let money: protobuf::protobuf::common::Money = money::Money::default();
    let order = order::Order {
        total: Some(money),
        ..order::Order::default()
    };
    assert!(order.total.is_some());
}
