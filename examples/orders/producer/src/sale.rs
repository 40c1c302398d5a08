//! What the shop knows of a sale, and how much of it each version of an order says.

use dovetail_runtime::logical::{TimestampMillis, Uuid};

use crate::orders_value::{
    self,
    shop::{Card, Channel, Currency, Money, OrderLine, OrderPayment},
    v1, v2,
};

/// A sale of one article, paid by card in the app.
#[derive(Debug, Clone)]
pub struct Sale {
    /// The number of the sale.
    pub number: u8,
    /// What was bought.
    pub sku: String,
    /// The price of one, in cents.
    pub cents: i64,
    /// How many were bought.
    pub quantity: i64,
    /// What the customer wrote.
    pub note: Option<String>,
    /// The last digits of the customer's card.
    pub card: String,
}

impl Sale {
    fn id(&self) -> Uuid {
        Uuid([self.number; 16])
    }

    fn placed_at(&self) -> TimestampMillis {
        TimestampMillis(1_700_000_000_000 + i64::from(self.number))
    }

    fn lines(&self) -> Vec<OrderLine> {
        vec![OrderLine {
            sku: self.sku.clone(),
            quantity: self.quantity,
            price: euros(self.cents),
        }]
    }

    fn total(&self) -> Money {
        euros(self.cents * self.quantity)
    }
}

fn euros(cents: i64) -> Money {
    Money {
        minor_units: cents,
        currency: Currency::Eur,
    }
}

/// As the service was first.
impl From<&Sale> for v1::Order {
    fn from(sale: &Sale) -> Self {
        Self {
            id: sale.id(),
            placed_at: sale.placed_at(),
            total: sale.total(),
            lines: sale.lines(),
        }
    }
}

/// With a note, and where the order came in; the app is nothing that this version has a word for.
impl From<&Sale> for v2::Order {
    fn from(sale: &Sale) -> Self {
        Self {
            note: sale.note.clone(),
            ..Self::new(sale.id(), sale.placed_at(), sale.total(), sale.lines())
        }
    }
}

/// With the app as a channel, and how the order is paid for.
impl From<&Sale> for orders_value::Order {
    fn from(sale: &Sale) -> Self {
        let card = Card {
            last_digits: sale.card.clone(),
        };
        Self {
            note: sale.note.clone(),
            channel: Channel::App,
            payment: Some(OrderPayment::from(card)),
            ..Self::new(sale.id(), sale.placed_at(), sale.total(), sale.lines())
        }
    }
}
