//! `orders-consumer [URL]`: reads messages from standard input, a line of hexadecimal digits each, and prints the orders.

use std::{
    env,
    error::Error,
    io::{self, BufRead as _, Write as _},
};

use dovetail_client::Client;
use orders_consumer::{Consumer, orders_value::Order};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::args().nth(1);
    let client = Client::new(url.as_deref().unwrap_or("http://127.0.0.1:8081"))?;
    let consumer = Consumer::<Order>::new(&client);
    for line in io::stdin().lock().lines() {
        let order = consumer.receive(&bytes(&line?)?).await?;
        writeln!(io::stdout(), "{order:?}")?;
    }
    Ok(())
}

fn bytes(hex: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?))
        .collect()
}
