//! `schema_registry_converter`: registers under the name of a topic, writes, is refused, and reads back.

use apache_avro::types::Value;
use dovetail_tests::{Node, on_both};
use schema_registry_converter::{
    async_impl::{
        avro::{AvroDecoder, AvroEncoder},
        proto_decoder::ProtoDecoder,
        proto_encoder::ProtoEncoder,
        schema_registry::{
            SrSettings, get_all_versions, get_schema_by_guid, is_compatible_schema, post_schema,
        },
    },
    schema_registry_common::{SchemaType, SubjectNameStrategy, SuppliedSchema},
};
use serde_json::json;

const AVRO: &str =
    r#"{"type":"record","name":"Parcel","fields":[{"name":"order_id","type":"string"}]}"#;
const PROTOBUF: &str = r#"
    syntax = "proto3";
    package shop;
    message Depot { string town = 1; }
    message Parcel { string order_id = 1; Depot depot = 2; }"#;

fn settings(node: &Node) -> SrSettings {
    SrSettings::new(node.base().to_owned())
}

fn supplied(schema_type: SchemaType, text: &str) -> SuppliedSchema {
    SuppliedSchema::new(Some("shop.Parcel".to_owned()), schema_type, text.to_owned())
}

fn of_topic(schema: SuppliedSchema) -> SubjectNameStrategy {
    SubjectNameStrategy::TopicNameStrategyWithSchema("orders".to_owned(), false, schema)
}

on_both!(avro_is_registered_written_and_read_back, |node| {
    let strategy = of_topic(supplied(SchemaType::Avro, AVRO));
    let encoder = AvroEncoder::new(settings(&node));
    let event = vec![("order_id", Value::String("7".to_owned()))];
    let written = encoder
        .encode(event, strategy)
        .await
        .expect("it is written");
    assert_eq!(written, b"\0\0\0\0\x01\x027");

    let decoder = AvroDecoder::new(settings(&node));
    let read = decoder.decode(Some(&written)).await.expect("it is read");
    let fields = vec![("order_id".to_owned(), Value::String("7".to_owned()))];
    assert_eq!(read.value, Value::Record(fields));
});

on_both!(a_breaking_schema_is_refused, |node| {
    let settings = settings(&node);
    let subject = || "orders-value".to_owned();
    let first = post_schema(&settings, subject(), supplied(SchemaType::Avro, AVRO))
        .await
        .expect("it is registered");
    assert_eq!(first.id, 1);

    let broken = || supplied(SchemaType::Avro, &AVRO.replace("order_id", "id"));
    let verdict = is_compatible_schema(&settings, subject(), broken()).await;
    assert_eq!(verdict, Ok(false));
    let refusal = post_schema(&settings, subject(), broken()).await;
    let refusal = refusal.expect_err("it breaks readers").to_string();
    assert!(refusal.contains("409"), "{refusal}");
    let versions = get_all_versions(&settings, subject()).await;
    assert_eq!(versions, Ok(vec![1]));

    let version = node.get("/subjects/orders-value/versions/1").await.ok();
    let guid = version["guid"].as_str().expect("a version has a GUID");
    let by_guid = get_schema_by_guid(guid, &settings).await;
    assert_eq!(by_guid.expect("it is found").schema, AVRO);
});

on_both!(protobuf_is_registered_written_and_read_back, |node| {
    let strategy = of_topic(supplied(SchemaType::Protobuf, PROTOBUF));
    let encoder = ProtoEncoder::new(settings(&node));
    let event = json!({ "orderId": "7", "depot": { "town": "Ghent" } });
    let written = encoder
        .encode_json(&event, "shop.Parcel", &strategy)
        .await
        .expect("it is written");
    assert_eq!(written[..7], [0, 0, 0, 0, 1, 2, 2], "the second message");

    let decoder = ProtoDecoder::new(settings(&node));
    let read = decoder.decode(Some(&written)).await.expect("it is read");
    assert!(format!("{read:?}").contains("Ghent"), "{read:?}");
});
