//! How long a build script takes for many schemas.

use std::{hint::black_box, time::Instant};

use dovetail_codegen::{Options, SchemaText, Unit, avro};
use dovetail_model::SchemaType;

/// How many schemas there are.
const SCHEMAS: usize = 200;

const ROUNDS: usize = 5;

/// The schema of the events in namespaces of their own, so that no type is shared.
fn units() -> Vec<Unit> {
    let text = include_str!("../schemas/order.avsc");
    let unit = |number: usize| Unit {
        name: format!("orders-{number}-value"),
        schema_type: SchemaType::Avro,
        schema: SchemaText {
            text: text
                .replace("shop.orders", &format!("shop{number}.orders"))
                .into(),
            references: Vec::new(),
            registered: None,
        },
        also: Vec::new(),
    };
    (0..SCHEMAS).map(unit).collect()
}

/// Prints the least time that it took.
pub(crate) fn run() {
    let units = units();
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        black_box(avro::generate(&units, &Options::default()).unwrap());
        start.elapsed()
    });
    let least = rounds.min().unwrap();
    println!(
        "{SCHEMAS} Avro schemas to formatted modules: {} ms at the least of {ROUNDS}",
        least.as_millis()
    );
}
