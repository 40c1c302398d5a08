//! Documents survive the types made of their schema.

use dovetail_codegen_compiled::json::{money, order};
use dovetail_runtime::JsonType;
use serde_json::{Value, json};

fn document() -> Value {
    json!({
        "id": "abc",
        "total": { "currency": "EUR", "cents": 1999 },
        "placedAt": "2026-11-25T09:00:00+05:30",
        "quantity": 2,
        "state": "on-hold",
        "parent": { "id": "def", "total": { "currency": "USD", "cents": -1 }, "payment": { "kind": "voucher", "code": "x" }, "quantity": 1 },
        "billing": { "street": "Main" },
        "shipping": { "street": "Side", "instructions": "ring" },
        "payment": { "kind": "card", "number": "4111" },
        "lines": [{ "sku": "a", "size": "M" }],
        "fooBar": 4,
        "foo_bar": "kept",
        "type": "t",
        "labels": { "a": "b" }
    })
}

#[test]
fn a_document_survives() {
    let order: order::Order = serde_json::from_value(document()).expect("an order");
    assert_eq!(
        serde_json::to_value(&order).expect("a document"),
        document()
    );
}

#[test]
fn a_point_in_time_keeps_its_offset() {
    let order: order::Order = serde_json::from_value(document()).expect("an order");
    assert_eq!(
        order.placed_at.as_deref(),
        Some("2026-11-25T09:00:00+05:30")
    );
}

#[test]
fn shapes_are_typed() {
    let order: order::Order = serde_json::from_value(document()).expect("an order");
    assert_eq!(order.state, Some(order::OrderState::OnHold));
    assert_eq!(order.shipping.expect("shipping").instructions, "ring");
    assert_eq!(order.total.currency, order::Currency::Eur);
    let minimal = json!({ "id": "abc", "total": { "currency": "EUR", "cents": 0 }, "payment": { "kind": "voucher", "code": "x" } });
    let order: order::Order = serde_json::from_value(minimal).expect("an order");
    assert_eq!((order.quantity, order.note), (1, None));
}

#[test]
fn what_the_schema_does_not_allow_is_refused_where_types_can() {
    for (pointer, wrong) in [
        ("/state", json!("lost")),
        ("/total/cents", json!("1")),
        ("/payment/kind", json!("cash")),
        ("/lines/0", json!({ "sku": "a", "more": 1 })),
        ("/quantity", json!(-1)),
    ] {
        let mut document = document();
        *document.pointer_mut(pointer).expect("a place") = wrong;
        assert!(
            serde_json::from_value::<order::Order>(document).is_err(),
            "{pointer}"
        );
    }
}

#[test]
fn the_text_is_the_file_byte_for_byte() {
    let file = include_str!("../../cases/json/common/money.json");
    assert_eq!(money::Money::SCHEMA, file);
    assert_eq!(money::SHA256, money::Money::SHA256);
}
