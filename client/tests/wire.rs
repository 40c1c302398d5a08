//! The envelopes of messages: what is written is read back, and hostile bytes are an error, never a panic.

use dovetail_client::wire::{
    FrameError, MessageIndexes, SchemaKey, deframe, deframe_record, deframe_single_object,
    frame_single_object,
};
use dovetail_model::SchemaId;
use proptest::prelude::*;
use uuid::Uuid;

fn id(number: i64) -> SchemaId {
    SchemaId::new(number).expect("a number that registries give out")
}

fn indexes() -> impl Strategy<Value = MessageIndexes> {
    prop::collection::vec(0..=i32::MAX as u32, 1..=256)
        .prop_map(|indexes| MessageIndexes::new(indexes).expect("plausible ones"))
}

#[test]
fn message_indexes_are_spelled_as_others_spell_them() {
    for (indexes, bytes) in [
        (vec![0], &[0][..]),
        (vec![1], &[2, 2]),
        (vec![1, 0], &[4, 2, 0]),
        (vec![0, 0], &[4, 0, 0]),
        (vec![64], &[2, 0x80, 1]),
    ] {
        let indexes = MessageIndexes::new(indexes).unwrap();
        let mut written = Vec::new();
        indexes.write(&mut written);
        assert_eq!(written, bytes);
        assert_eq!(MessageIndexes::read(bytes), Ok((indexes, &[][..])));
    }
}

#[test]
fn the_long_spelling_of_the_first_message_is_read_too() {
    let (indexes, rest) = MessageIndexes::read(&[2, 0, 9]).unwrap();
    assert_eq!((indexes, rest), (MessageIndexes::first(), &[9][..]));
}

#[test]
fn what_is_wrong_names_the_byte_that_was_seen() {
    let too_short = |length, needed| FrameError::TooShort { length, needed };
    for (payload, error) in [
        (&b""[..], too_short(0, 5)),
        (&[0, 0, 0, 1], too_short(4, 5)),
        (&[1; 16], too_short(16, 17)),
        (b"{\"id\": 1}", FrameError::UnknownMagic { seen: b'{' }),
        (&[0, 0, 0, 0, 0], FrameError::UnknownId { id: 0 }),
        (&[0, 0x80, 0, 0, 0], FrameError::UnknownId { id: 1 << 31 }),
    ] {
        assert_eq!(deframe(payload), Err(error), "{payload:?}");
    }
    for (bytes, error) in [
        (&[][..], FrameError::IndexesCutOff { at: 0 }),
        (&[0x80], FrameError::IndexesCutOff { at: 1 }),
        (&[4, 0], FrameError::IndexesCutOff { at: 2 }),
        (&[2, 1], FrameError::IndexNegative { number: -1 }),
        (&[1], FrameError::IndexNegative { number: -1 }),
        (&[0x80, 8], FrameError::IndexesTooMany { count: 512 }),
        (
            &[0xff, 0xff, 0xff, 0xff, 0x7f],
            FrameError::IndexTooLarge { at: 4, seen: 0x7f },
        ),
        (
            &[0x80, 0x80, 0x80, 0x80, 0x80],
            FrameError::IndexTooLarge { at: 4, seen: 0x80 },
        ),
    ] {
        assert_eq!(MessageIndexes::read(bytes), Err(error), "{bytes:?}");
    }
}

#[test]
fn a_header_counts_before_the_first_bytes() {
    let guid = Uuid::from_u128(7);
    let mut header = Vec::new();
    SchemaKey::Guid(guid).write(&mut header);
    MessageIndexes::first().write(&mut header);
    let payload = [0, 0, 0, 0, 9];
    let framed = deframe_record(Some(&header), &payload).unwrap();
    assert_eq!(framed.schema, SchemaKey::Guid(guid));
    assert_eq!(framed.data(), payload);
    assert_eq!(
        framed.message().unwrap(),
        (MessageIndexes::first(), &payload[..])
    );

    let framed = deframe_record(None, &payload).unwrap();
    assert_eq!(framed.schema, SchemaKey::Id(id(9)));
    let wrong = FrameError::UnknownHeader { seen: 0, length: 5 };
    assert_eq!(deframe_record(Some(&payload), &payload), Err(wrong));
}

#[test]
fn a_single_object_has_its_fingerprint_in_front() {
    let mut payload = Vec::new();
    frame_single_object(0x0102_0304_0506_0708, &mut payload);
    payload.push(42);
    assert_eq!(payload, [0xc3, 1, 8, 7, 6, 5, 4, 3, 2, 1, 42]);
    assert_eq!(
        deframe_single_object(&payload),
        Ok((0x0102_0304_0506_0708, &[42][..]))
    );
    let seen = [0, 0];
    assert_eq!(
        deframe_single_object(&[0; 10]),
        Err(FrameError::NotSingleObject { seen })
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        number in 1..=i64::from(i32::MAX),
        guid: Option<u128>,
        indexes in indexes(),
        data: Vec<u8>,
    ) {
        let key = match guid {
            Some(guid) => SchemaKey::Guid(Uuid::from_u128(guid)),
            None => SchemaKey::Id(id(number)),
        };
        let mut payload = Vec::new();
        key.write(&mut payload);
        indexes.write(&mut payload);
        payload.extend_from_slice(&data);
        let framed = deframe(&payload).unwrap();
        prop_assert_eq!(framed.schema, key);
        prop_assert_eq!(framed.message().unwrap(), (indexes, &data[..]));
    }

    #[test]
    fn hostile_bytes_are_errors(header: Option<Vec<u8>>, payload: Vec<u8>) {
        let _ = deframe_single_object(&payload);
        if let Ok(framed) = deframe_record(header.as_deref(), &payload) {
            let _ = framed.message();
        }
    }

    #[test]
    fn hostile_indexes_are_errors(first in prop::sample::select(vec![0u8, 1]), rest: Vec<u8>) {
        let payload = [&[first][..], &[7; 16], &rest].concat();
        if let Ok(framed) = deframe(&payload) {
            let _ = framed.message();
        }
    }
}
