//! Messages written and read with schemas of a real registry, in every format.

use std::sync::Arc;

use apache_avro::types::Value;
use dovetail_client::{
    Client, Decoded, Encoded, Framing, KnownSchema, NamedSchema, RegisterRequest, ResolvedSchema,
    codec::{
        Codec,
        avro::{Generated, Serde, Values},
        json::Json,
        protobuf::{Dynamic, Pool, Prost},
    },
    wire::{SchemaKey, SubjectNames},
};
use dovetail_model::{Reference, SchemaId, SchemaType, Version};
use dovetail_runtime::{
    At, AvroType, Codec as AvroCodec, Error, Reader, Registered, Shape,
    codec::{Long, Text},
    unfilled,
};
use dovetail_testing::Registry;
use prost::Message;
use serde::{Deserialize, Serialize};
use serde_json::json;

const ORDER: &str = r#"{"type":"record","name":"Order","namespace":"shop","fields":[
    {"name":"id","type":"string"},{"name":"cents","type":"long","default":0}]}"#;
/// An older version of it.
const OLD_ORDER: &str = r#"{"type":"record","name":"Order","namespace":"shop","fields":[
    {"name":"legacy","type":"int"},{"name":"id","type":"string"}]}"#;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename = "shop.Order")]
struct Order {
    id: String,
    cents: i64,
}

fn order() -> Order {
    Order {
        id: "o-1".into(),
        cents: 1250,
    }
}

/// The bytes of [`order`] after the envelope.
const ORDER_DATA: &[u8] = &[6, b'o', b'-', b'1', 0xc4, 0x13];

impl AvroCodec for Order {
    type Value = Self;

    fn write(value: &Self, out: &mut Vec<u8>) -> Result<(), Error> {
        Text::write(&value.id, out)?;
        Long::write(&value.cents, out)
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self {
            id: Text::read(input)?,
            cents: Long::read(input)?,
        })
    }

    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<Self, Error> {
        let mut steps = match at.record(input)? {
            Shape::Same => return Self::read(input),
            Shape::Steps(steps) => steps,
        };
        let (mut id, mut cents) = (None, None);
        while let Some(step) = steps.next(input)? {
            match step.target() {
                0 => id = Some(step.read::<Text>(input)?),
                1 => cents = Some(step.read::<Long>(input)?),
                _ => step.skip(input)?,
            }
        }
        Ok(Self {
            id: id.ok_or_else(unfilled)?,
            cents: cents.ok_or_else(unfilled)?,
        })
    }
}

impl AvroType for Order {
    const FULL_NAME: &'static str = "shop.Order";
    const SCHEMA: &'static str = ORDER;
    const RABIN: u64 = 0;
    const SHA256: [u8; 32] = [0; 32];
}

impl Registered for Order {
    const SUBJECT: &'static str = "orders-value";
    const VERSION: u32 = 1;
    const ID: u32 = 7;
}

fn schema(schema_type: SchemaType, text: &str) -> RegisterRequest {
    RegisterRequest {
        schema: Some(text.to_owned()),
        schema_type: Some(schema_type.to_string()),
        ..RegisterRequest::default()
    }
}

async fn register(client: &Client, subject: &str, schema: &RegisterRequest) -> SchemaId {
    let registered = client.schemas().register(subject, schema).await;
    let id = registered.expect("it is registered").id;
    id.expect("it has an id")
}

fn prefixed(id: SchemaId, data: &[u8]) -> Vec<u8> {
    [&[0], &id.get().to_be_bytes()[..], data].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_registered_unless_that_is_asked_for() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let unknown = client.serializer(Generated::<Order>::new(), "orders");
    assert!(unknown.build().await.err().unwrap().is_not_found());
    assert!(
        client
            .latest("orders-value")
            .await
            .unwrap_err()
            .is_not_found()
    );

    let serializer = client
        .serializer(Generated::<Order>::new(), "orders")
        .register();
    let serializer = serializer.build().await.unwrap();
    let payload = serializer.serialize(&order()).unwrap();
    assert_eq!(payload, prefixed(SchemaId::FIRST, ORDER_DATA));
    let latest = client.latest("orders-value").await.unwrap();
    assert_eq!(Some(latest.id), serializer.schema().id);
    let found = client
        .serializer(Generated::<Order>::new(), "orders")
        .build();
    assert_eq!(found.await.unwrap().serialize(&order()).unwrap(), payload);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_of_older_schemas_is_resolved() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let id = register(&client, "old", &schema(SchemaType::Avro, OLD_ORDER)).await;
    let old = prefixed(id, &[2, 6, b'o', b'-', b'1']);
    let expected = Order {
        id: "o-1".into(),
        cents: 0,
    };

    let generated = client.deserializer(Generated::<Order>::new());
    let key = SchemaKey::Id(id);
    assert_eq!(
        generated.try_deserialize(&old).unwrap(),
        Decoded::NeedsSchema(key)
    );
    generated.load(key).await.unwrap();
    let ready = generated.try_deserialize(&old).unwrap();
    assert_eq!(ready, Decoded::Ready(expected.clone()));

    let serde = client.deserializer(Serde::<Order>::new(ORDER));
    assert_eq!(serde.deserialize(&old).await.unwrap(), expected);

    let fields = |fields: &[(&str, Value)]| {
        let fields = fields.iter();
        Value::Record(
            fields
                .map(|(name, value)| ((*name).to_owned(), value.clone()))
                .collect(),
        )
    };
    let as_written = client.deserializer(Values::new()).deserialize(&old).await;
    let id = ("id", Value::String("o-1".into()));
    assert_eq!(
        as_written.unwrap(),
        fields(&[("legacy", Value::Int(1)), id.clone()])
    );
    let as_read = client.deserializer(Values::read_as(ORDER));
    let as_read = as_read.deserialize(&old).await.unwrap();
    assert_eq!(as_read, fields(&[id, ("cents", Value::Long(0))]));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_holding_avro_writes_the_same_bytes() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let id = register(&client, "orders-value", &schema(SchemaType::Avro, ORDER)).await;
    let expected = prefixed(id, ORDER_DATA);
    let serde = client.serializer(Serde::<Order>::new(ORDER), "orders");
    let serde = serde.build().await.unwrap();
    assert_eq!(serde.serialize(&order()).unwrap(), expected);
    let values = client
        .serializer(Values::new(), "orders")
        .build()
        .await
        .unwrap();
    let value = Value::Record(vec![
        ("id".into(), Value::String("o-1".into())),
        ("cents".into(), Value::Int(1250)),
    ]);
    assert_eq!(values.serialize(&value).unwrap(), expected);
    let wrong = values.serialize(&Value::Null).unwrap_err();
    assert!(
        wrong.is_encode() && wrong.schema_key() == Some(SchemaKey::Id(id)),
        "{wrong:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generated_type_is_written_with_its_own_schema_only() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    register(
        &client,
        "orders-value",
        &schema(SchemaType::Avro, OLD_ORDER),
    )
    .await;
    let other = client
        .serializer(Generated::<Order>::new(), "orders")
        .latest();
    let error = other.build().await.err().unwrap();
    assert!(error.is_schema(), "{error:?}");
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.contains("shop.Order was generated from"), "{why}");

    registry.stop();
    let pinned = client.serializer(Generated::<Order>::new(), "orders");
    let pinned = pinned.pinned_as_generated().build().await.unwrap();
    let payload = pinned.serialize(&order()).unwrap();
    let id = SchemaId::new(Order::ID.into()).unwrap();
    assert_eq!(
        payload,
        prefixed(id, ORDER_DATA),
        "the registry is not needed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guid_may_stand_in_a_header() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let serializer = client.serializer(Generated::<Order>::new(), "orders").key();
    let serializer = serializer.register().framing(Framing::Header).build();
    let serializer = serializer.await.unwrap();
    assert_eq!(serializer.schema().subject.as_deref(), Some("orders-key"));
    let Encoded { header, payload } = serializer.encode(&order()).unwrap();
    assert_eq!(payload, ORDER_DATA);
    let guid = serializer.schema().guid.unwrap();
    assert_eq!(
        header.as_deref(),
        Some(&[&[1], &guid.as_bytes()[..]].concat()[..])
    );
    assert!(serializer.serialize(&order()).unwrap_err().is_usage());

    let deserializer = client.deserializer(Generated::<Order>::new());
    let read = deserializer.deserialize_record(header.as_deref(), Some(&payload));
    assert_eq!(read.await.unwrap(), Some(order()));
    let tombstone = deserializer
        .deserialize_record(header.as_deref(), None)
        .await;
    assert_eq!(tombstone.unwrap(), None);
    let tombstone = deserializer.try_deserialize_record(None, None).unwrap();
    assert_eq!(tombstone, Decoded::Ready(None));
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_at_the_top_have_no_length() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let id = register(&client, "raw-value", &schema(SchemaType::Avro, "\"bytes\"")).await;
    let serializer = client
        .serializer(Values::new(), "raw")
        .build()
        .await
        .unwrap();
    for bytes in [&b""[..], b"hi", &[0; 300]] {
        let value = Value::Bytes(bytes.to_vec());
        let payload = serializer.serialize(&value).unwrap();
        assert_eq!(payload, prefixed(id, bytes));
        let read = client
            .deserializer(Values::new())
            .deserialize(&payload)
            .await;
        assert_eq!(read.unwrap(), value);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn avro_references_are_followed() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let reference = |name: &str, subject: &str| Reference {
        name: name.into(),
        subject: subject.into(),
        version: 1,
    };
    register(
        &client,
        "id",
        &schema(
            SchemaType::Avro,
            r#"{"type":"fixed","name":"a.Id","size":2}"#,
        ),
    )
    .await;
    let mut pair = schema(
        SchemaType::Avro,
        r#"{"type":"record","name":"a.Pair","fields":[{"name":"left","type":"a.Id"},{"name":"right","type":"a.Id"}]}"#,
    );
    pair.references = vec![reference("a.Id", "id")];
    register(&client, "pair", &pair).await;
    let mut pairs = schema(SchemaType::Avro, r#"{"type":"array","items":"a.Pair"}"#);
    pairs.references = vec![reference("a.Pair", "pair")];
    register(&client, "pairs-value", &pairs).await;

    let serializer = client
        .serializer(Values::new(), "pairs")
        .build()
        .await
        .unwrap();
    let fixed = |byte| Value::Fixed(2, vec![byte; 2]);
    let value = Value::Array(vec![Value::Record(vec![
        ("left".into(), fixed(1)),
        ("right".into(), fixed(2)),
    ])]);
    let payload = serializer.serialize(&value).unwrap();
    assert_eq!(payload[5..], [2, 1, 1, 2, 2, 0]);
    let read = client
        .deserializer(Values::new())
        .deserialize(&payload)
        .await;
    assert_eq!(read.unwrap(), value);
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_cannot_be_read_names_its_schema() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let avro = register(&client, "orders", &schema(SchemaType::Avro, ORDER)).await;
    let json = register(&client, "json", &schema(SchemaType::Json, "{}")).await;
    let deserializer = client.deserializer(Generated::<Order>::new());
    let error = deserializer.deserialize(b"{}").await.unwrap_err();
    assert!(
        error.is_framing() && error.schema_key().is_none(),
        "{error:?}"
    );
    let cut = prefixed(avro, &ORDER_DATA[..3]);
    let error = deserializer.deserialize(&cut).await.unwrap_err();
    assert!(
        error.is_decode() && error.schema_key() == Some(SchemaKey::Id(avro)),
        "{error:?}"
    );
    let error = deserializer
        .deserialize(&prefixed(json, b"{}"))
        .await
        .unwrap_err();
    assert!(
        error.is_schema() && error.schema_key() == Some(SchemaKey::Id(json)),
        "{error:?}"
    );
    let unknown = prefixed(SchemaId::new(99).unwrap(), &[]);
    let error = deserializer.deserialize(&unknown).await.unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
}

const SHOP: &str = r#"syntax = "proto3";
package shop;
enum Kind { NONE = 0; }
message Before { map<string, int32> counts = 1; enum Inner { ZERO = 0; } message Deep { string note = 1; } }
message Order { string id = 1; int64 cents = 2; Before.Deep deep = 3; }
"#;

#[derive(Clone, PartialEq, Message)]
struct ProtoOrder {
    #[prost(string, tag = "1")]
    id: String,
    #[prost(int64, tag = "2")]
    cents: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Deep {
    #[prost(string, tag = "1")]
    note: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn protobuf_messages_say_which_they_are() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let id = register(&client, "shop", &schema(SchemaType::Protobuf, SHOP)).await;
    let codec = || Prost::<ProtoOrder>::named("shop.Order");
    let serializer = client.serializer(codec(), "orders").subject("shop");
    let serializer = serializer.build().await.unwrap();
    let order = ProtoOrder {
        id: "o-1".into(),
        cents: 7,
    };
    let payload = serializer.serialize(&order).unwrap();
    let data = [10, 3, b'o', b'-', b'1', 16, 7];
    assert_eq!(payload, prefixed(id, &[&[2, 2], &data[..]].concat()));
    assert_eq!(
        client
            .deserializer(codec())
            .deserialize(&payload)
            .await
            .unwrap(),
        order
    );

    let deep = Prost::<Deep>::named("shop.Before.Deep");
    let deep = client
        .serializer(deep, "orders")
        .subject("shop")
        .build()
        .await
        .unwrap();
    let nested = deep
        .serialize(&Deep {
            note: String::new(),
        })
        .unwrap();
    assert_eq!(
        nested,
        prefixed(id, &[4, 0, 0]),
        "entries of maps do not count"
    );
    let error = client
        .deserializer(codec())
        .deserialize(&nested)
        .await
        .unwrap_err();
    assert!(error.is_decode(), "another message is no order: {error:?}");

    let header = client.serializer(codec(), "orders").subject("shop");
    let header = header.framing(Framing::Header).build().await.unwrap();
    let encoded = header.encode(&order).unwrap();
    assert_eq!(encoded.payload, data);
    assert_eq!(encoded.header.as_ref().unwrap()[17..], [2, 2]);
    let deserializer = client.deserializer(codec());
    let read = deserializer.deserialize_record(encoded.header.as_deref(), Some(&encoded.payload));
    assert_eq!(read.await.unwrap(), Some(order));
    let absent = client
        .serializer(Prost::<Deep>::named("shop.Deep"), "x")
        .subject("shop");
    assert!(absent.build().await.err().unwrap().is_schema());
}

#[tokio::test(flavor = "multi_thread")]
async fn protobuf_messages_are_read_without_a_type() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let imported = r#"syntax = "proto3"; package shop; message Id { string text = 1; }"#;
    register(&client, "ids", &schema(SchemaType::Protobuf, imported)).await;
    let mut order = schema(
        SchemaType::Protobuf,
        r#"syntax = "proto3"; package shop; import "shop/id.proto"; import "google/protobuf/timestamp.proto"; import "confluent/meta.proto";
           message Order { Id id = 1; google.protobuf.Timestamp at = 2; }"#,
    );
    order.references = vec![Reference {
        name: "shop/id.proto".into(),
        subject: "ids".into(),
        version: 1,
    }];
    register(&client, "orders-value", &order).await;
    let serializer = client.serializer(Dynamic::new("shop.Order"), "orders");
    let serializer = serializer.build().await.unwrap();
    let resolved = client.schemas().resolve(serializer.schema()).await.unwrap();
    let descriptor = Pool::of(&resolved).unwrap().message("shop.Order").unwrap();
    let bytes = [10, 4, 10, 2, b'h', b'i', 18, 2, 8, 5];
    let message = prost_reflect::DynamicMessage::decode(descriptor, &bytes[..]).unwrap();
    let payload = serializer.serialize(&message).unwrap();
    assert_eq!(payload[5..], [&[0], &bytes[..]].concat());
    let read = client
        .deserializer(Dynamic::new("any"))
        .deserialize(&payload)
        .await;
    assert_eq!(read.unwrap().to_string(), message.to_string());
}

#[test]
fn what_public_imports_pass_on_is_seen_through_any_number_of_them() {
    let known = |text: &str| Arc::new(KnownSchema::of_text(SchemaType::Protobuf, text));
    let named = |(name, text): (&str, &str)| NamedSchema {
        name: name.to_owned(),
        schema: known(text),
    };
    let references = [
        ("d.proto", "syntax = \"proto3\"; package x; message D {}"),
        ("c.proto", "syntax = \"proto3\"; import public \"d.proto\";"),
        ("b.proto", "syntax = \"proto3\"; import public \"c.proto\";"),
        ("a.proto", "syntax = \"proto3\"; import public \"b.proto\";"),
    ];
    let text = "syntax = \"proto3\"; import \"a.proto\"; message M { x.D d = 1; }";
    let schema = ResolvedSchema {
        schema: known(text),
        references: references.map(named).to_vec(),
    };
    let message = Pool::of(&schema).unwrap().message("M").unwrap();
    let field = message.get_field_by_name("d").unwrap();
    assert_eq!(field.kind().as_message().unwrap().full_name(), "x.D");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_written_as_serde_writes_it() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    let text = r#"{"title": "shop.Order", "type": "object"}"#;
    let serializer = client.serializer(Json::<Order>::new(), "orders");
    let serializer = serializer.schema(schema(SchemaType::Json, text)).register();
    let serializer = serializer.names(SubjectNames::custom(|topic, _, _| {
        Some(format!("{topic}!"))
    }));
    let serializer = serializer.build().await.unwrap();
    assert_eq!(serializer.schema().subject.as_deref(), Some("orders!"));
    let payload = serializer.serialize(&order()).unwrap();
    assert_eq!(payload[5..], *br#"{"id":"o-1","cents":1250}"#);
    let read = client.deserializer(Json::<serde_json::Value>::new());
    assert_eq!(
        read.deserialize(&payload).await.unwrap(),
        json!({"id": "o-1", "cents": 1250})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_schema_is_taken_again_when_that_is_asked_for() {
    let registry = Registry::start().await.unwrap();
    let client = registry.client();
    register(&client, "a-value", &schema(SchemaType::Avro, "\"int\"")).await;
    let serializer = client
        .serializer(Values::new(), "a")
        .latest()
        .build()
        .await
        .unwrap();
    let level = dovetail_client::ConfigChange::new()
        .compatibility(dovetail_model::CompatibilityLevel::None);
    client.change_config(Some("a-value"), &level).await.unwrap();
    register(&client, "a-value", &schema(SchemaType::Avro, "\"string\"")).await;
    let text = Value::String("x".into());
    assert!(serializer.serialize(&text).unwrap_err().is_encode());
    serializer.refresh().await.unwrap();
    assert_eq!(serializer.serialize(&text).unwrap()[5..], [2, b'x']);
    assert_eq!(serializer.schema().version, Version::new(2));
}

/// Whatever the bytes are, reading them is an error or a value.
#[tokio::test(flavor = "multi_thread")]
async fn hostile_data_is_an_error() {
    let client = Client::new("http://127.0.0.1:9").unwrap();
    let list =
        r#"{"type":"record","name":"Node","fields":[{"name":"next","type":["null","Node"]}]}"#;
    let message = r#"syntax = "proto3"; message Node { Node next = 1; }"#;
    let known = |id, schema_type, text| KnownSchema {
        id: SchemaId::new(id),
        ..KnownSchema::of_text(schema_type, text)
    };
    client
        .schemas()
        .preload(known(1, SchemaType::Avro, list))
        .unwrap();
    client
        .schemas()
        .preload(known(2, SchemaType::Protobuf, message))
        .unwrap();
    let id = |id| SchemaId::new(id).unwrap();
    let deep = prefixed(id(1), &vec![2; 1_000_000]);
    refused(&client, Values::new(), &deep).await;
    let mut nested = Vec::new();
    for _ in 0..10_000 {
        let mut around = vec![10];
        prost::encoding::encode_varint(nested.len() as u64, &mut around);
        around.extend(nested);
        nested = around;
    }
    let nested = prefixed(id(2), &[&[0], &nested[..]].concat());
    refused(&client, Dynamic::new("Node"), &nested).await;
}

async fn refused<C: Codec>(client: &Client, codec: C, payload: &[u8]) {
    let read = client.deserializer(codec).deserialize(payload).await;
    assert!(read.err().expect("it is refused").is_decode());
}
