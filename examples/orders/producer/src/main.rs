//! `orders-producer [URL]`: writes one message of each version to standard output, a line of hexadecimal digits each.

use std::{
    env,
    error::Error,
    io::{self, Write as _},
};

use dovetail_client::Client;
use orders_producer::{
    Producer, Sale,
    orders_value::{Order, v1, v2},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = env::args().nth(1);
    let client = Client::new(url.as_deref().unwrap_or("http://127.0.0.1:8081"))?;
    let sale = Sale {
        number: 1,
        sku: "tea".into(),
        cents: 450,
        quantity: 2,
        note: Some("as a present".into()),
        card: "4711".into(),
    };
    for message in [
        Producer::<v1::Order>::connect(&client)
            .await?
            .publish(&sale)?,
        Producer::<v2::Order>::connect(&client)
            .await?
            .publish(&sale)?,
        Producer::<Order>::connect(&client).await?.publish(&sale)?,
    ] {
        for byte in message {
            write!(io::stdout(), "{byte:02x}")?;
        }
        writeln!(io::stdout())?;
    }
    Ok(())
}
