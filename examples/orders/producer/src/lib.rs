//! A service that writes orders. Its types are generated from `schemas/order.avsc`, which it owns, and from the two versions
//! that were registered before, which are vendored.
//!
//! A service is built with one version. Three stand here side by side so that its evolution can be watched.

mod sale;

pub use sale::Sale;

include!(concat!(env!("OUT_DIR"), "/dovetail/mod.rs"));

use dovetail_client::{Client, Error, Serializer, codec::avro::Generated, model::Version};
use dovetail_runtime::{AvroType, Registered};

/// The topic that orders go to; their subject is `orders-value`.
pub const TOPIC: &str = "orders";

/// The service, built with one version of an order.
pub struct Producer<Order: AvroType + 'static>(Serializer<Generated<Order>>);

impl<Order: AvroType + Registered> Producer<Order> {
    /// Asks the registry once for the id of the version that the types were generated from. A registry that holds something
    /// else under that version is an error.
    pub async fn connect(client: &Client) -> Result<Self, Error> {
        let builder = client.serializer(Generated::new(), TOPIC);
        let version = Version::new(Order::VERSION.into());
        let builder = match version {
            Some(version) => builder.version(version),
            // Generated types have a version that a registry gave out.
            None => builder.look_up(),
        };
        builder.build().await.map(Self)
    }

    /// The message of a sale, as it goes over the wire. Waits for nothing.
    pub fn publish<'a>(&self, sale: &'a Sale) -> Result<Vec<u8>, Error>
    where
        Order: From<&'a Sale>,
    {
        self.0.serialize(&Order::from(sale))
    }
}
