//! The Rust client's messages against those of the other houses: the same bytes for the same events, and read by each other.
//!
//! For each schema of `examples/`, and for some with everything in them, events are generated, written by the Rust client,
//! and given to a process of the other client (`tests/foreign/*/agree.*`), which reads them and writes the same events. What
//! it wrote is read here. JSON has more than one spelling, and so have maps of more than one entry; there the values are
//! compared.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use dovetail_client::{
    Client, RegisterRequest, ResolvedSchema,
    codec::{
        Codec,
        avro::Values,
        json::Json,
        protobuf::{Dynamic, Pool},
    },
};
use dovetail_compat::{
    NamedText,
    sample::{Sample, Sampler},
};
use dovetail_model::{Reference, SchemaType, Version};
use dovetail_tests::{Database, Node};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
};

use super::{command, root};

/// How many events are generated of each format.
const EVENTS: usize = 1000;

/// What the schemas in `examples/` have nothing of.
const AVRO: &str = r#"{"type":"record","name":"Everything","namespace":"a.b","fields":[
    {"name":"yes","type":"boolean"},{"name":"int","type":"int"},{"name":"float","type":"float"},
    {"name":"double","type":"double"},{"name":"raw","type":"bytes"},{"name":"text","type":"string"},
    {"name":"suit","type":{"type":"enum","name":"Suit","symbols":["HEARTS","SPADES"]}},
    {"name":"four","type":{"type":"fixed","name":"Four","size":4}},
    {"name":"choice","type":["null","long","string",{"type":"array","items":["null","double"]}]},
    {"name":"empty","type":{"type":"record","name":"Empty","namespace":"c","fields":[]}}]}"#;
const AVRO_MAPS: &str = r#"{"type":"map","values":{"type":"map","values":["null","long"]}}"#;
const PROTOBUF: &str = r#"syntax = "proto3";
    package shop;
    import "google/protobuf/wrappers.proto";
    message First { string a = 1; }
    message Everything {
      enum Suit { NONE = 0; SPADES = 1; }
      message Outer {
        message Unused { int32 a = 1; }
        message Inner { sint64 a = 1; repeated fixed32 many = 2; }
        Inner inner = 1;
      }
      Suit suit = 1; repeated Suit suits = 2; Outer outer = 3; bytes raw = 4; double d = 5; float f = 6;
      oneof one { string text = 7; Outer.Inner inner = 8; bool yes = 9; }
      optional uint64 maybe = 10; google.protobuf.StringValue wrapped = 11; sfixed64 far = 300;
      repeated Everything more = 12;
    }"#;
const PROTOBUF_MAPS: &str = r#"syntax = "proto3";
    package shop;
    message Maps {
      map<string, int64> counts = 1;
      map<int32, Entry> entries = 2;
      message Entry { string a = 1; }
    }"#;
const JSON: &str = r#"{"type":"object","properties":{"n":{"type":"number"},"i":{"type":["integer","null"]},
    "list":{"type":"array","items":{"enum":["a","é",1.5,true]}},"free":{"type":"object"}},"required":["n","i","list"]}"#;

/// A schema, and what is to become of its events.
struct Given {
    topic: &'static str,
    schema_type: SchemaType,
    text: String,
    /// The name under which it refers to the money of its format.
    money: Option<&'static str>,
    /// The message that is written, in Protobuf, and how its place in the schema is spelled.
    message: &'static str,
    place: &'static [u8],
    has_maps: bool,
}

impl Given {
    fn new(topic: &'static str, schema_type: SchemaType, text: impl Into<String>) -> Self {
        Self {
            topic,
            schema_type,
            text: text.into(),
            money: None,
            message: "",
            place: &[],
            has_maps: false,
        }
    }

    fn message(self, message: &'static str, place: &'static [u8]) -> Self {
        Self {
            message,
            place,
            ..self
        }
    }

    fn money(self, name: &'static str) -> Self {
        let money = Some(name);
        Self { money, ..self }
    }

    fn with_maps(self) -> Self {
        let has_maps = true;
        Self { has_maps, ..self }
    }

    fn references(&self) -> Vec<Reference> {
        let money = self.money.into_iter();
        let money = money.map(|name| Reference {
            name: name.to_owned(),
            subject: money_of(self.schema_type).to_owned(),
            version: 1,
        });
        money.collect()
    }
}

const fn money_of(schema_type: SchemaType) -> &'static str {
    match schema_type {
        SchemaType::Avro => "avro-money-value",
        SchemaType::Protobuf => "money.proto",
        SchemaType::Json => "json-money-value",
    }
}

fn example(path: &str) -> String {
    let path = root().join("examples/orders").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every schema of `examples/` in one format, what it refers to first, and one with everything.
fn given(schema_type: SchemaType) -> Vec<Given> {
    let order = |topic, path| Given::new(topic, schema_type, example(path));
    match schema_type {
        SchemaType::Avro => vec![
            Given::new("avro-money", schema_type, example("avro/money.avsc")),
            order("avro-1", "avro/order.v1.avsc").money("shop.Money"),
            order("avro-2", "avro/order.v2.avsc").money("shop.Money"),
            order("avro-3", "avro/order.broken.avsc").money("shop.Money"),
            Given::new("avro-everything", schema_type, AVRO),
            Given::new("avro-maps", schema_type, AVRO_MAPS).with_maps(),
        ],
        SchemaType::Json => vec![
            Given::new("json-money", schema_type, example("json/money.schema.json")),
            order("json-1", "json/order.v1.schema.json").money("money.schema.json"),
            order("json-2", "json/order.v2.schema.json").money("money.schema.json"),
            order("json-3", "json/order.broken.schema.json").money("money.schema.json"),
            Given::new("json-everything", schema_type, JSON),
        ],
        SchemaType::Protobuf => {
            let newest = "protobuf/order.v2.proto";
            let all = |topic| Given::new(topic, schema_type, PROTOBUF);
            vec![
                order("money", "protobuf/money.proto").message("shop.Money", &[0]),
                order("proto-1", "protobuf/order.v1.proto")
                    .message("shop.Order", &[0])
                    .money("money.proto"),
                order("proto-2", newest)
                    .message("shop.Order", &[0])
                    .money("money.proto"),
                order("proto-3", "protobuf/order.broken.proto")
                    .message("shop.Order", &[0])
                    .money("money.proto"),
                order("proto-line", newest)
                    .message("shop.Order.OrderLine", &[4, 0, 0])
                    .money("money.proto"),
                all("proto-first").message("shop.First", &[0]),
                all("proto-everything").message("shop.Everything", &[2, 2]),
                all("proto-outer").message("shop.Everything.Outer", &[4, 2, 0]),
                all("proto-inner").message("shop.Everything.Outer.Inner", &[6, 2, 0, 2]),
                Given::new("proto-maps", schema_type, PROTOBUF_MAPS)
                    .message("shop.Maps", &[0])
                    .with_maps(),
            ]
        }
    }
}

/// A schema that is registered, with its events.
struct Job {
    given: Given,
    subject: String,
    schema: ResolvedSchema,
    events: Vec<Sample>,
}

impl Job {
    async fn new(client: &Client, given: Given, count: usize) -> Self {
        let subject = match given.topic {
            // Serializers name the subjects of imports after the paths.
            "money" => money_of(SchemaType::Protobuf).to_owned(),
            topic => format!("{topic}-value"),
        };
        let request = RegisterRequest {
            schema: Some(given.text.clone()),
            schema_type: Some(given.schema_type.to_string()),
            references: given.references(),
            ..RegisterRequest::default()
        };
        let schemas = client.schemas();
        let registered = schemas.register(&subject, &request).await;
        registered.expect("it is registered");
        let known = schemas.version(&subject, Version::FIRST).await;
        let schema = schemas.resolve(known.expect("it is there")).await;
        let schema = schema.expect("its references are there");
        let events = events(&given, &schema, count);
        Self {
            given,
            subject,
            schema,
            events,
        }
    }

    /// The message of an event as the protocol says it.
    fn message(&self, event: &Sample) -> Vec<u8> {
        let id = self.schema.schema.id.expect("it has an id").get();
        [&[0], &id.to_be_bytes()[..], self.given.place, &event.bytes].concat()
    }

    /// What a process of another client is told.
    fn told(&self, ours: &[Vec<u8>]) -> Value {
        let events = self.events.iter().zip(ours);
        let events: Vec<Value> = events
            .map(|(event, message)| {
                json!({ "value": event.value, "message": BASE64_STANDARD.encode(message) })
            })
            .collect();
        let schema = &self.schema.schema;
        let referenced = self.schema.references.iter();
        let texts: Vec<&str> = referenced.map(|named| named.schema.text.as_str()).collect();
        let descriptors = (self.given.schema_type == SchemaType::Protobuf).then(|| {
            let pool = Pool::of(&self.schema).expect("it was registered");
            let message = pool.message(self.given.message).expect("it is in there");
            BASE64_STANDARD.encode(message.parent_pool().encode_to_vec())
        });
        json!({
            "topic": self.given.topic,
            "subject": self.subject,
            "type": self.given.schema_type,
            "id": schema.id,
            "text": schema.text,
            "texts": texts,
            "references": schema.references,
            "message": self.given.message,
            "package": "shop",
            "descriptors": descriptors,
            "events": events,
        })
    }

    /// Writes the events, and reads what another client wrote of them: it has to be the same.
    async fn agrees<C: Codec<Value: PartialEq + std::fmt::Debug>>(
        &self,
        client: &Client,
        codec: impl Fn() -> C,
        theirs: Option<&[Vec<u8>]>,
    ) -> Vec<Vec<u8>> {
        let deserializer = client.deserializer(codec());
        let serializer = client.serializer(codec(), "unused").subject(&self.subject);
        let serializer = serializer.version(Version::FIRST).build().await;
        let serializer = serializer.expect("it writes");
        let has_one_spelling = self.given.schema_type != SchemaType::Json && !self.given.has_maps;
        let mut ours = Vec::with_capacity(self.events.len());
        for (number, event) in self.events.iter().enumerate() {
            let expected = self.message(event);
            let value = deserializer.deserialize(&expected).await;
            let value = value.expect("it is read");
            let written = serializer.serialize(&value).expect("it is written");
            let topic = self.given.topic;
            for message in [Some(&written), theirs.map(|theirs| &theirs[number])] {
                let Some(message) = message else { continue };
                if has_one_spelling {
                    assert_eq!(tail(message), tail(&expected), "{topic}: {value:?}");
                }
                let read = deserializer.deserialize(message).await;
                let read = read.expect("it is read");
                // Values of two schemas are of two types, although the schemas say the same.
                if message[..5] == expected[..5] {
                    assert_eq!(read, value, "{topic}: {message:?}");
                }
            }
            assert_eq!(written[..5], expected[..5], "{topic}");
            ours.push(written);
        }
        ours
    }

    async fn messages(&self, client: &Client, theirs: Option<&[Vec<u8>]>) -> Vec<Vec<u8>> {
        match self.given.schema_type {
            SchemaType::Avro => self.agrees(client, Values::new, theirs).await,
            SchemaType::Json => self.agrees(client, Json::<Value>::new, theirs).await,
            SchemaType::Protobuf => {
                let codec = || Dynamic::new(self.given.message);
                self.agrees(client, codec, theirs).await
            }
        }
    }
}

/// A message without its id: clients that register by themselves get another one for a descriptor.
fn tail(message: &[u8]) -> &[u8] {
    message.get(5..).unwrap_or_default()
}

fn events(given: &Given, schema: &ResolvedSchema, count: usize) -> Vec<Sample> {
    let texts = schema.references.iter().map(|named| NamedText {
        name: named.name.clone(),
        text: named.schema.text.as_str().into(),
    });
    let texts: Vec<NamedText> = texts.collect();
    let parsed = dovetail_compat::parse(given.schema_type, &given.text, &texts);
    let parsed = parsed.expect("it was registered");
    let mut sampler = Sampler::new(&parsed, 1);
    if !given.message.is_empty() {
        sampler = sampler.of_message(given.message);
    }
    (0..count)
        .map(|_| sampler.draw().expect("it has events"))
        .collect()
}

async fn told(mut other: Command, job: &Value) -> Vec<Vec<Vec<u8>>> {
    let other = other.stdin(std::process::Stdio::piped());
    let other = other.stdout(std::process::Stdio::piped());
    let mut child = other.stderr(std::process::Stdio::piped()).spawn();
    let child = child.as_mut().expect("the program runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    let text = job.to_string();
    let asked = tokio::spawn(async move {
        // A program that failed says so itself.
        let _ = stdin.write_all(text.as_bytes()).await;
    });
    let mut said = (Vec::new(), Vec::new());
    let (mut out, mut err) = (
        child.stdout.take().expect("it is piped"),
        child.stderr.take().expect("it is piped"),
    );
    let read = tokio::join!(out.read_to_end(&mut said.0), err.read_to_end(&mut said.1));
    assert!(read.0.is_ok() && read.1.is_ok(), "{read:?}");
    asked.await.expect("it was asked");
    let status = child.wait().await.expect("it ends");
    assert!(status.success(), "{}", String::from_utf8_lossy(&said.1));
    let answer: Vec<Vec<String>> = serde_json::from_slice(&said.0).expect("it answers in JSON");
    let decode = |text: &String| BASE64_STANDARD.decode(text).expect("base64");
    answer
        .iter()
        .map(|messages| messages.iter().map(decode).collect())
        .collect()
}

/// What the two clients of Confluent make of the events of one format.
async fn agree(schema_type: SchemaType) {
    let node = Node::start(&Database::sqlite()).await;
    let client = Client::builder(node.base()).no_proxy().build();
    let client = client.expect("a node's URL is one");
    let given = given(schema_type);
    let each = EVENTS.div_ceil(given.len());
    let mut jobs = Vec::new();
    let mut tellings = Vec::new();
    for given in given {
        let job = Job::new(&client, given, each).await;
        let ours = job.messages(&client, None).await;
        tellings.push(job.told(&ours));
        jobs.push(job);
    }
    let tellings = Value::Array(tellings);
    let mut python = command("python", &node);
    python.arg(root().join("tests/foreign/python/agree.py"));
    let mut npm = command("node", &node);
    npm.arg(root().join("tests/foreign/node/agree.mjs"));
    for other in [python, npm] {
        let theirs = told(other, &tellings).await;
        for (job, theirs) in jobs.iter().zip(&theirs) {
            assert_eq!(theirs.len(), job.events.len());
            job.messages(&client, Some(theirs)).await;
        }
        assert_eq!(theirs.len(), jobs.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn avro_is_the_same_everywhere() {
    agree(SchemaType::Avro).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn protobuf_is_the_same_everywhere() {
    agree(SchemaType::Protobuf).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_the_same_everywhere() {
    agree(SchemaType::Json).await;
}
