//! The codec that one would write by hand for this event: the ceiling.

use std::{collections::HashMap, hash::Hash};

use dovetail_runtime::logical::{Decimal, TimestampMicros, Uuid};

use crate::order::{
    OrderPlaced, OrderPlacedRef,
    shop::orders::{
        Address, AddressRef, Card, CardRef, Line, LineRef, OrderPlacedPayment,
        OrderPlacedPaymentRef, Position, Status, Transfer, TransferRef,
    },
};

/// Why bytes are no event.
#[derive(Debug)]
pub struct Malformed;

type Read<T> = Result<T, Malformed>;

pub fn encode(order: &OrderPlaced, out: &mut Vec<u8>) {
    text(&order.id.to_string(), out);
    long(order.placed_at.0, out);
    long(order.sequence, out);
    match &order.customer {
        None => out.push(0),
        Some(customer) => {
            out.push(2);
            text(customer, out);
        }
    }
    long(order.status as i64, out);
    let total = order.total.unscaled().unwrap_or_default().to_be_bytes();
    let total = shortest(&total);
    long(total.len() as i64, out);
    out.extend_from_slice(total);
    text(&order.currency, out);
    blocks(&order.lines, out, |line, out| {
        text(&line.sku, out);
        long(line.quantity.into(), out);
        out.extend_from_slice(&line.price.to_le_bytes());
        blocks(&line.tags, out, |tag, out| text(tag, out));
    });
    if !order.labels.is_empty() {
        long(order.labels.len() as i64, out);
        for (key, value) in &order.labels {
            text(key, out);
            text(value, out);
        }
    }
    out.push(0);
    text(&order.address.street, out);
    text(&order.address.city, out);
    match &order.address.position {
        None => out.push(0),
        Some(position) => {
            out.push(2);
            out.extend_from_slice(&position.latitude.to_le_bytes());
            out.extend_from_slice(&position.longitude.to_le_bytes());
        }
    }
    match &order.payment {
        OrderPlacedPayment::Card(card) => {
            out.push(0);
            text(&card.number, out);
            long(card.month.into(), out);
        }
        OrderPlacedPayment::Transfer(transfer) => {
            out.push(2);
            text(&transfer.iban, out);
        }
        OrderPlacedPayment::String(other) => {
            out.push(4);
            text(other, out);
        }
    }
    out.push(u8::from(order.is_gift));
}

fn blocks<T>(items: &[T], out: &mut Vec<u8>, mut write: impl FnMut(&T, &mut Vec<u8>)) {
    if !items.is_empty() {
        long(items.len() as i64, out);
        for item in items {
            write(item, out);
        }
    }
    out.push(0);
}

fn text(text: &str, out: &mut Vec<u8>) {
    long(text.len() as i64, out);
    out.extend_from_slice(text.as_bytes());
}

fn long(value: i64, out: &mut Vec<u8>) {
    let mut rest = ((value << 1) ^ (value >> 63)) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn shortest(mut bytes: &[u8]) -> &[u8] {
    while let [0, 0..=0x7F, ..] | [0xFF, 0x80..=0xFF, ..] = bytes {
        bytes = &bytes[1..];
    }
    bytes
}

pub fn decode(mut bytes: &[u8]) -> Read<OrderPlaced> {
    let input = &mut bytes;
    Ok(OrderPlaced {
        id: read_text(input)?.parse::<Uuid>().map_err(|_| Malformed)?,
        placed_at: TimestampMicros(read_long(input)?),
        sequence: read_long(input)?,
        customer: optional(input, |input| read_text(input).map(str::to_owned))?,
        status: match read_long(input)? {
            0 => Status::New,
            1 => Status::Paid,
            2 => Status::Sent,
            3 => Status::Done,
            _ => return Err(Malformed),
        },
        total: decimal(read_bytes(input)?)?,
        currency: read_text(input)?.to_owned(),
        lines: read_blocks(input, |input| {
            Ok(Line {
                sku: read_text(input)?.to_owned(),
                quantity: read_long(input)?.try_into().map_err(|_| Malformed)?,
                price: f64::from_le_bytes(read_array(input)?),
                tags: read_blocks(input, |input| read_text(input).map(str::to_owned))?,
            })
        })?,
        labels: labels(input)?,
        address: Address {
            street: read_text(input)?.to_owned(),
            city: read_text(input)?.to_owned(),
            position: optional(input, |input| {
                Ok(Position {
                    latitude: f64::from_le_bytes(read_array(input)?),
                    longitude: f64::from_le_bytes(read_array(input)?),
                })
            })?,
        },
        payment: match read_long(input)? {
            0 => OrderPlacedPayment::Card(Card {
                number: read_text(input)?.to_owned(),
                month: read_long(input)?.try_into().map_err(|_| Malformed)?,
            }),
            1 => OrderPlacedPayment::Transfer(Transfer {
                iban: read_text(input)?.to_owned(),
            }),
            2 => OrderPlacedPayment::String(read_text(input)?.to_owned()),
            _ => return Err(Malformed),
        },
        is_gift: match read_array(input)? {
            [0] => false,
            [1] => true,
            _ => return Err(Malformed),
        },
    })
}

/// The same into what borrows from the bytes.
pub fn decode_borrowed(mut bytes: &[u8]) -> Read<OrderPlacedRef<'_>> {
    let input = &mut bytes;
    Ok(OrderPlacedRef {
        id: read_text(input)?.parse::<Uuid>().map_err(|_| Malformed)?,
        placed_at: TimestampMicros(read_long(input)?),
        sequence: read_long(input)?,
        customer: optional(input, read_text)?,
        status: match read_long(input)? {
            0 => Status::New,
            1 => Status::Paid,
            2 => Status::Sent,
            3 => Status::Done,
            _ => return Err(Malformed),
        },
        total: decimal(read_bytes(input)?)?,
        currency: read_text(input)?,
        lines: read_blocks(input, |input| {
            Ok(LineRef {
                sku: read_text(input)?,
                quantity: read_long(input)?.try_into().map_err(|_| Malformed)?,
                price: f64::from_le_bytes(read_array(input)?),
                tags: read_blocks(input, read_text)?,
            })
        })?,
        labels: labels(input)?,
        address: AddressRef {
            street: read_text(input)?,
            city: read_text(input)?,
            position: optional(input, |input| {
                Ok(Position {
                    latitude: f64::from_le_bytes(read_array(input)?),
                    longitude: f64::from_le_bytes(read_array(input)?),
                })
            })?,
        },
        payment: match read_long(input)? {
            0 => OrderPlacedPaymentRef::Card(CardRef {
                number: read_text(input)?,
                month: read_long(input)?.try_into().map_err(|_| Malformed)?,
            }),
            1 => OrderPlacedPaymentRef::Transfer(TransferRef {
                iban: read_text(input)?,
            }),
            2 => OrderPlacedPaymentRef::String(read_text(input)?),
            _ => return Err(Malformed),
        },
        is_gift: match read_array(input)? {
            [0] => false,
            [1] => true,
            _ => return Err(Malformed),
        },
    })
}

fn decimal(bytes: &[u8]) -> Read<Decimal<4>> {
    let negative = bytes.first().is_some_and(|first| *first >= 0x80);
    let mut padded = [if negative { 0xFF } else { 0 }; 16];
    let start = 16_usize.checked_sub(bytes.len()).ok_or(Malformed)?;
    padded[start..].copy_from_slice(bytes);
    Ok(Decimal::new(i128::from_be_bytes(padded)))
}

fn optional<'a, T>(
    input: &mut &'a [u8],
    read: impl FnOnce(&mut &'a [u8]) -> Read<T>,
) -> Read<Option<T>> {
    match read_long(input)? {
        0 => Ok(None),
        1 => read(input).map(Some),
        _ => Err(Malformed),
    }
}

fn read_blocks<'a, T>(
    input: &mut &'a [u8],
    mut read: impl FnMut(&mut &'a [u8]) -> Read<T>,
) -> Read<Vec<T>> {
    let mut items = Vec::new();
    loop {
        let count = read_long(input)?;
        if count == 0 {
            return Ok(items);
        }
        if count < 0 {
            read_long(input)?;
        }
        let count = usize::try_from(count.unsigned_abs()).map_err(|_| Malformed)?;
        items.reserve(count.min(input.len()));
        for _ in 0..count {
            items.push(read(input)?);
        }
    }
}

fn labels<'a, T: From<&'a str> + Eq + Hash>(input: &mut &'a [u8]) -> Read<HashMap<T, T>> {
    let mut labels = HashMap::new();
    loop {
        let count = read_long(input)?;
        if count == 0 {
            return Ok(labels);
        }
        if count < 0 {
            read_long(input)?;
        }
        let count = usize::try_from(count.unsigned_abs()).map_err(|_| Malformed)?;
        labels.reserve(count.min(input.len()));
        for _ in 0..count {
            let key = read_text(input)?.into();
            labels.insert(key, read_text(input)?.into());
        }
    }
}

fn read_text<'a>(input: &mut &'a [u8]) -> Read<&'a str> {
    str::from_utf8(read_bytes(input)?).map_err(|_| Malformed)
}

fn read_bytes<'a>(input: &mut &'a [u8]) -> Read<&'a [u8]> {
    let length = usize::try_from(read_long(input)?).map_err(|_| Malformed)?;
    let (taken, rest) = input.split_at_checked(length).ok_or(Malformed)?;
    *input = rest;
    Ok(taken)
}

fn read_array<const N: usize>(input: &mut &[u8]) -> Read<[u8; N]> {
    let (taken, rest) = input.split_first_chunk().ok_or(Malformed)?;
    *input = rest;
    Ok(*taken)
}

#[inline]
fn read_long(input: &mut &[u8]) -> Read<i64> {
    let mut value = 0_u64;
    let mut shift = 0;
    loop {
        let (&byte, rest) = input.split_first().ok_or(Malformed)?;
        *input = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Ok((value >> 1) as i64 ^ -((value & 1) as i64));
        }
        shift += 7;
        if shift > 63 {
            return Err(Malformed);
        }
    }
}
