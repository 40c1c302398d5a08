//! A service that reads orders. Its types are generated from the versions that `dovetail pull` vendored.
//!
//! It reads messages of every version that its own can be resolved with, those that were registered after it was built
//! included: what its version has no field for is passed over, what the writer did not say has the schema's default.

include!(concat!(env!("OUT_DIR"), "/dovetail/mod.rs"));

use dovetail_client::{Client, Deserializer, Error, codec::avro::Generated};
use dovetail_runtime::AvroType;

/// The service, built with one version of an order.
pub struct Consumer<Order: AvroType + 'static>(Deserializer<Generated<Order>>);

impl<Order: AvroType> Consumer<Order> {
    /// Nobody is asked for anything before a message comes.
    pub fn new(client: &Client) -> Self {
        Self(client.deserializer(Generated::new()))
    }

    /// The order of a message. The registry is asked once for each schema that is met.
    pub async fn receive(&self, message: &[u8]) -> Result<Order, Error> {
        self.0.deserialize(message).await
    }
}
