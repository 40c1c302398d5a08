//! The same event as a Protobuf message.

use std::collections::HashMap;

use crate::order::{OrderPlaced, shop::orders::OrderPlacedPayment};

#[derive(Clone, PartialEq, prost::Message)]
pub struct Order {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(int64, tag = "2")]
    placed_at: i64,
    #[prost(int64, tag = "3")]
    sequence: i64,
    #[prost(string, optional, tag = "4")]
    customer: Option<String>,
    #[prost(int32, tag = "5")]
    status: i32,
    #[prost(bytes = "vec", tag = "6")]
    total: Vec<u8>,
    #[prost(string, tag = "7")]
    currency: String,
    #[prost(message, repeated, tag = "8")]
    lines: Vec<Line>,
    #[prost(map = "string, string", tag = "9")]
    labels: HashMap<String, String>,
    #[prost(message, optional, tag = "10")]
    address: Option<Address>,
    #[prost(oneof = "Payment", tags = "11, 12, 13")]
    payment: Option<Payment>,
    #[prost(bool, tag = "14")]
    is_gift: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Line {
    #[prost(string, tag = "1")]
    sku: String,
    #[prost(int32, tag = "2")]
    quantity: i32,
    #[prost(double, tag = "3")]
    price: f64,
    #[prost(string, repeated, tag = "4")]
    tags: Vec<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Address {
    #[prost(string, tag = "1")]
    street: String,
    #[prost(string, tag = "2")]
    city: String,
    #[prost(message, optional, tag = "3")]
    position: Option<Position>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Position {
    #[prost(double, tag = "1")]
    latitude: f64,
    #[prost(double, tag = "2")]
    longitude: f64,
}

#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Payment {
    #[prost(message, tag = "11")]
    Card(Card),
    #[prost(message, tag = "12")]
    Transfer(Transfer),
    #[prost(string, tag = "13")]
    Other(String),
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Card {
    #[prost(string, tag = "1")]
    number: String,
    #[prost(int32, tag = "2")]
    month: i32,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Transfer {
    #[prost(string, tag = "1")]
    iban: String,
}

impl From<&OrderPlaced> for Order {
    fn from(order: &OrderPlaced) -> Self {
        let order = order.clone();
        Self {
            id: order.id.to_string(),
            placed_at: order.placed_at.0,
            sequence: order.sequence,
            customer: order.customer,
            status: order.status as i32,
            total: order.total.to_be_bytes(),
            currency: order.currency,
            lines: order
                .lines
                .into_iter()
                .map(|line| Line {
                    sku: line.sku,
                    quantity: line.quantity,
                    price: line.price,
                    tags: line.tags,
                })
                .collect(),
            labels: order.labels,
            address: Some(Address {
                street: order.address.street,
                city: order.address.city,
                position: order.address.position.map(|position| Position {
                    latitude: position.latitude,
                    longitude: position.longitude,
                }),
            }),
            payment: Some(match order.payment {
                OrderPlacedPayment::Card(card) => Payment::Card(Card {
                    number: card.number,
                    month: card.month,
                }),
                OrderPlacedPayment::Transfer(transfer) => Payment::Transfer(Transfer {
                    iban: transfer.iban,
                }),
                OrderPlacedPayment::String(other) => Payment::Other(other),
            }),
            is_gift: order.is_gift,
        }
    }
}
