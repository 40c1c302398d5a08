//! The generated Avro codec beside one written by hand, and those of other crates, in one run.
//!
//! `cargo run --release -p dovetail-codec-bench` prints a table. The rounds of all contenders are interleaved, and the
//! ratio of each round is taken to that of the codec written by hand, so that whatever else the machine does falls on all.
//! With the argument `generate` it says how long a build script takes for many schemas.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]
#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "the codec by hand casts as one would, and nothing here comes from outside"
)]

mod generate;
mod hand;
mod proto;

/// The types that `build.rs` made.
#[allow(dead_code, unreachable_pub, unused_imports)]
mod order {
    include!(concat!(env!("OUT_DIR"), "/order.rs"));
}

/// An older writer's types.
#[allow(dead_code, unreachable_pub, unused_imports)]
mod older {
    include!(concat!(env!("OUT_DIR"), "/older.rs"));
}

/// The types of a writer whose records inside others and whose union differ.
#[allow(dead_code, unreachable_pub, unused_imports)]
mod nested {
    include!(concat!(env!("OUT_DIR"), "/nested.rs"));
}

use std::{collections::HashMap, hint::black_box, time::Instant};

use apache_avro::{Schema, reader::datum::GenericDatumReader, writer::datum::GenericDatumWriter};
use dovetail_runtime::{
    AvroRef, AvroType, Plan,
    logical::{Decimal, TimestampMicros, Uuid},
};
use order::{
    OrderPlaced, OrderPlacedRef,
    shop::orders::{Address, Card, Line, OrderPlacedPayment, Position, Status, Transfer},
};
use prost::Message as _;

/// Different events, so that branches are not learnt by heart.
const EVENTS: usize = 64;

/// Events that a round handles, as a multiple of them.
const REPEATS: usize = 20;

const ROUNDS: usize = 41;

/// What is measured: a name and one round of it.
type Contender<'a> = (&'static str, Box<dyn FnMut() + 'a>);

fn main() {
    if std::env::args().nth(1).as_deref() == Some("generate") {
        return generate::run();
    }
    let events: Vec<OrderPlaced> = (0..EVENTS).map(event).collect();
    let written: Vec<Vec<u8>> = events.iter().map(by_hand).collect();
    for (event, bytes) in events.iter().zip(&written) {
        assert_eq!(
            *bytes,
            event.to_vec().unwrap(),
            "both codecs write the same"
        );
        assert_eq!(hand::decode(bytes).unwrap(), *event, "and read it");
        let borrowed = hand::decode_borrowed(bytes).unwrap();
        assert_eq!(borrowed, OrderPlacedRef::from_slice(bytes).unwrap());
        assert_eq!(borrowed.to_owned(), *event, "and borrow it");
    }
    let mean = written.iter().map(Vec::len).sum::<usize>() / EVENTS;
    println!(
        "{EVENTS} events of {mean} bytes on average, {ROUNDS} interleaved rounds of {}",
        EVENTS * REPEATS
    );
    encode(&events);
    decode(&events, &written);
    decode_borrowed(&written);
}

/// Into the same types that borrow, so against a codec by hand of their own.
fn decode_borrowed(written: &[Vec<u8>]) {
    let contenders: Vec<Contender<'_>> = vec![
        (
            "by hand",
            each(written, |bytes| {
                black_box(hand::decode_borrowed(bytes).unwrap());
            }),
        ),
        (
            "generated",
            each(written, |bytes| {
                black_box(OrderPlacedRef::from_slice(bytes).unwrap());
            }),
        ),
    ];
    measure("decode, borrowed", contenders);
}

fn by_hand(event: &OrderPlaced) -> Vec<u8> {
    let mut out = Vec::new();
    hand::encode(event, &mut out);
    out
}

fn encode(events: &[OrderPlaced]) {
    let schema = Schema::parse_str(OrderPlaced::SCHEMA).unwrap();
    let writer = GenericDatumWriter::builder(&schema).build().unwrap();
    let fast: serde_avro_fast::Schema = OrderPlaced::SCHEMA.parse().unwrap();
    let mut config = serde_avro_fast::ser::SerializerConfig::new(&fast);
    let messages: Vec<proto::Order> = events.iter().map(proto::Order::from).collect();
    let buffer = || Vec::with_capacity(1024);
    let (mut a, mut b, mut c, mut d, mut e) = (buffer(), buffer(), buffer(), buffer(), buffer());
    let mut contenders: Vec<Contender<'_>> = vec![
        (
            "by hand",
            each(events, move |event| {
                a.clear();
                hand::encode(event, &mut a);
                black_box(&a);
            }),
        ),
        (
            "generated",
            each(events, move |event| {
                b.clear();
                event.encode(&mut b).unwrap();
                black_box(&b);
            }),
        ),
        (
            "prost",
            each(&messages, move |message| {
                c.clear();
                message.encode(&mut c).unwrap();
                black_box(&c);
            }),
        ),
    ];
    if serde_avro_fast::to_datum(&events[0], Vec::new(), &mut config).is_ok() {
        contenders.push((
            "serde_avro_fast",
            each(events, move |event| {
                d.clear();
                let out = std::mem::take(&mut d);
                d = serde_avro_fast::to_datum(event, out, &mut config).unwrap();
                black_box(&d);
            }),
        ));
    }
    contenders.push((
        "apache-avro",
        each(events, move |event| {
            e.clear();
            writer.write_ser(&mut e, event).unwrap();
            black_box(&e);
        }),
    ));
    measure("encode", contenders);
}

fn decode(events: &[OrderPlaced], written: &[Vec<u8>]) {
    let schema = Schema::parse_str(OrderPlaced::SCHEMA).unwrap();
    let reader = GenericDatumReader::builder(&schema).build().unwrap();
    let fast: serde_avro_fast::Schema = OrderPlaced::SCHEMA.parse().unwrap();
    let takes_all = written
        .iter()
        .all(|bytes| serde_avro_fast::from_datum_slice::<OrderPlaced>(bytes, &fast).is_ok());
    let plan = Plan::<OrderPlaced>::new(older::OrderPlaced::SCHEMA).unwrap();
    let from_older: Vec<Vec<u8>> = events
        .iter()
        .map(|event| as_older(event).to_vec().unwrap())
        .collect();
    let nested = Plan::<OrderPlaced>::new(nested::OrderPlaced::SCHEMA).unwrap();
    let from_nested: Vec<Vec<u8>> = events
        .iter()
        .map(|event| as_nested(event).to_vec().unwrap())
        .collect();
    for (event, bytes) in events.iter().zip(&from_nested) {
        assert_eq!(
            OrderPlaced::from_slice_with(&nested, bytes).unwrap(),
            *event
        );
    }
    let messages: Vec<Vec<u8>> = events
        .iter()
        .map(|event| proto::Order::from(event).encode_to_vec())
        .collect();
    let mut contenders: Vec<Contender<'_>> = vec![
        (
            "by hand",
            each(written, |bytes| {
                black_box(hand::decode(bytes).unwrap());
            }),
        ),
        (
            "generated",
            each(written, |bytes| {
                black_box(OrderPlaced::from_slice(bytes).unwrap());
            }),
        ),
        (
            "generated, older writer",
            each(&from_older, |bytes| {
                black_box(OrderPlaced::from_slice_with(&plan, bytes).unwrap());
            }),
        ),
        (
            "generated, that writer's own types",
            each(&from_nested, |bytes| {
                black_box(nested::OrderPlaced::from_slice(bytes).unwrap());
            }),
        ),
        (
            "generated, nested records and a union of another writer",
            each(&from_nested, |bytes| {
                black_box(OrderPlaced::from_slice_with(&nested, bytes).unwrap());
            }),
        ),
        (
            "prost",
            each(&messages, |bytes| {
                black_box(proto::Order::decode(&bytes[..]).unwrap());
            }),
        ),
    ];
    if takes_all {
        contenders.push((
            "serde_avro_fast",
            each(written, |bytes| {
                black_box(serde_avro_fast::from_datum_slice::<OrderPlaced>(bytes, &fast).unwrap());
            }),
        ));
    }
    contenders.push((
        "apache-avro",
        each(written, |bytes| {
            black_box(reader.read_deser::<OrderPlaced>(&mut &bytes[..]).unwrap());
        }),
    ));
    measure("decode", contenders);
}

/// One round: each item, several times.
fn each<'a, T>(items: &'a [T], mut run: impl FnMut(&'a T) + 'a) -> Box<dyn FnMut() + 'a> {
    Box::new(move || {
        for _ in 0..REPEATS {
            items.iter().for_each(&mut run);
        }
    })
}

/// Runs all contenders in turn and prints the least time and the median of the ratios to the first.
fn measure(what: &str, mut contenders: Vec<Contender<'_>>) {
    let mut times = vec![Vec::with_capacity(ROUNDS); contenders.len()];
    for round in 0..=ROUNDS {
        for ((_, run), times) in contenders.iter_mut().zip(&mut times) {
            let start = Instant::now();
            run();
            let time = start.elapsed().as_nanos() as f64 / (EVENTS * REPEATS) as f64;
            // The first round only warms up.
            if round > 0 {
                times.push(time);
            }
        }
    }
    println!("\n| {what} | least ns | ratio |\n| --- | --- | --- |");
    for ((name, _), own) in contenders.iter().zip(&times) {
        let least = own.iter().copied().fold(f64::INFINITY, f64::min);
        let mut ratios: Vec<f64> = own
            .iter()
            .zip(&times[0])
            .map(|(one, hand)| one / hand)
            .collect();
        ratios.sort_by(f64::total_cmp);
        println!("| {name} | {least:.0} | {:.2} |", ratios[ratios.len() / 2]);
    }
}

fn event(number: usize) -> OrderPlaced {
    let text = |length: usize| "abcdefghijklmnopqrstuvwxyz"[..length.min(26)].to_owned();
    let line = |index: usize| Line {
        sku: text(6 + index),
        quantity: i32::try_from(index * 7).unwrap_or(0),
        price: 1.25 * index as f64,
        tags: (0..index % 3).map(|length| text(3 + length)).collect(),
    };
    OrderPlaced {
        id: Uuid([u8::try_from(number).unwrap_or(0); 16]),
        placed_at: TimestampMicros(1_700_000_000_000_000 + number as i64 * 1_000),
        sequence: number as i64 * 97,
        customer: (!number.is_multiple_of(3)).then(|| text(12)),
        status: Status::ALL[number % 4],
        total: Decimal::new(number as i128 * 123_456),
        currency: "EUR".to_owned(),
        lines: (0..1 + number % 4).map(line).collect(),
        labels: (0..number % 4)
            .map(|index| (text(4 + index), text(9)))
            .collect::<HashMap<_, _>>(),
        address: Address {
            street: text(20),
            city: text(8),
            position: number.is_multiple_of(2).then_some(Position {
                latitude: 1.5,
                longitude: -2.5,
            }),
        },
        payment: match number % 3 {
            0 => OrderPlacedPayment::Card(Card {
                number: text(16),
                month: 7,
            }),
            1 => OrderPlacedPayment::Transfer(Transfer { iban: text(22) }),
            _ => OrderPlacedPayment::String(text(5)),
        },
        is_gift: number.is_multiple_of(5),
    }
}

/// The event as the older schema has it; both share the types that did not change.
fn as_older(event: &OrderPlaced) -> older::OrderPlaced {
    let event = event.clone();
    older::OrderPlaced {
        id: event.id,
        sequence: i32::try_from(event.sequence).unwrap_or(0),
        placed_at: event.placed_at,
        source: "web".to_owned(),
        status: event.status,
        total: event.total,
        currency: event.currency,
        lines: event.lines,
        labels: event.labels,
        address: event.address,
        payment: match event.payment {
            OrderPlacedPayment::Card(card) => card.into(),
            OrderPlacedPayment::Transfer(transfer) => transfer.into(),
            OrderPlacedPayment::String(other) => other.into(),
        },
        is_gift: event.is_gift,
    }
}

/// The event as a schema has it whose lines, address and payment differ.
fn as_nested(event: &OrderPlaced) -> nested::OrderPlaced {
    use nested::shop::orders as to;
    let event = event.clone();
    let line = |line: Line| to::Line {
        quantity: line.quantity,
        sku: line.sku,
        price: line.price,
        tags: line.tags,
    };
    nested::OrderPlaced {
        id: event.id,
        placed_at: event.placed_at,
        sequence: event.sequence,
        customer: event.customer,
        status: event.status,
        total: event.total,
        currency: event.currency,
        lines: event.lines.into_iter().map(line).collect(),
        labels: event.labels,
        address: to::Address {
            floor: 3,
            street: event.address.street,
            city: event.address.city,
            position: event.address.position,
        },
        payment: match event.payment {
            OrderPlacedPayment::Card(card) => card.into(),
            OrderPlacedPayment::Transfer(transfer) => to::Transfer {
                bank: "bank".to_owned(),
                iban: transfer.iban,
            }
            .into(),
            OrderPlacedPayment::String(other) => other.into(),
        },
        is_gift: event.is_gift,
    }
}
