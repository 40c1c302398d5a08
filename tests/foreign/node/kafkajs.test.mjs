// @kafkajs/confluent-schema-registry: an independent client with its own encoders.

import assert from "node:assert/strict";
import { test } from "node:test";
import kafkajs from "@kafkajs/confluent-schema-registry";

import { example, newTopic, order, url } from "./orders.mjs";

const { SchemaRegistry, SchemaType, COMPATIBILITY } = kafkajs;

// The validator that this client brings knows no formats; by default it refuses schemas that name one.
const newRegistry = () =>
  new SchemaRegistry(
    { host: url, retry: { retries: 0 } },
    { [SchemaType.JSON]: { strict: false, validateFormats: false } },
  );

/** Money and order in one Avro schema: what this client resolves by itself. */
const avroOrder = (version) => {
  const order = JSON.parse(example(`avro/order.${version}.avsc`));
  const total = order.fields.find((field) => field.name === "total");
  total.type = JSON.parse(example("avro/money.avsc"));
  return { type: SchemaType.AVRO, schema: JSON.stringify(order) };
};

const plain = (value) => JSON.parse(JSON.stringify(value));

test("Avro is registered, evolved, refused, written and read back", async () => {
  const registry = newRegistry();
  const subject = `${newTopic()}-value`;
  const options = { subject, compatibility: COMPATIBILITY.BACKWARD, updateConfig: true };
  const { id } = await registry.register(avroOrder("v1"), options);
  assert.equal((await registry.register(avroOrder("v1"), options)).id, id);
  assert.equal(await registry.getRegistryIdBySchema(subject, avroOrder("v1")), id);

  const event = order(1767323045000);
  const old = await registry.encode(id, event);
  assert.deepEqual([old[0], old.readInt32BE(1)], [0, id]);

  await assert.rejects(registry.register(avroOrder("broken"), options), (error) => {
    assert.match(error.message, /incompatible/);
    return true;
  });
  const newest = await registry.register(avroOrder("v2"), options);
  assert.equal(await registry.getLatestSchemaId(subject), newest.id);
  assert.equal(await registry.getRegistryId(subject, 1), id);

  const reader = newRegistry();
  const readerSchema = JSON.parse(avroOrder("v2").schema);
  const read = await reader.decode(old, { [SchemaType.AVRO]: { readerSchema } });
  assert.deepEqual(plain(read), { ...event, note: null });
});

test("JSON is registered with a reference, written and read back", async () => {
  const registry = newRegistry();
  const topic = newTopic();
  // Its validator finds what it refers to by `$id`.
  const money = JSON.stringify({ ...JSON.parse(example("json/money.schema.json")), $id: "money.schema.json" });
  await registry.register({ type: SchemaType.JSON, schema: money }, { subject: `${topic}-money` });
  const references = [{ name: "money.schema.json", subject: `${topic}-money`, version: 1 }];
  const schema = example("json/order.v1.schema.json");
  const { id } = await registry.register({ type: SchemaType.JSON, schema, references }, { subject: `${topic}-value` });
  assert.equal(await registry.getLatestSchemaId(`${topic}-value`), id);
  const event = order("2026-01-02T03:04:05Z");
  assert.deepEqual(await newRegistry().decode(await registry.encode(id, event)), event);
});

test("Protobuf is registered, refused, written and read back", async () => {
  const registry = newRegistry();
  const subject = `${newTopic()}-value`;
  const of = (type) => ({
    type: SchemaType.PROTOBUF,
    schema: `syntax = "proto3"; package shop; message Parcel { ${type} order_id = 1; repeated string stops = 2; }`,
  });
  const { id } = await registry.register(of("string"), { subject });
  const event = { orderId: "7", stops: ["Ghent"] };
  const written = await registry.encode(id, event);
  // This client leaves the message indexes out, and expects none.
  assert.deepEqual([written[0], written.readInt32BE(1)], [0, id]);
  assert.deepEqual(plain(await newRegistry().decode(written)), event);
  await assert.rejects(registry.register(of("int64"), { subject }), /incompatible/);
});
