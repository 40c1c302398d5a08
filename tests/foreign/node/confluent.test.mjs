// @confluentinc/schemaregistry: its client and its three serializers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { create, createFileRegistry } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  AvroDeserializer,
  AvroSerializer,
  Compatibility,
  JsonDeserializer,
  JsonSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  SchemaRegistryClient,
  SerdeType,
} from "@confluentinc/schemaregistry";

import { example, newTopic, order, price, url } from "./orders.mjs";

const newClient = () => new SchemaRegistryClient({ baseURLs: [url] });

const { VALUE } = SerdeType;

// The validator that this client brings knows no formats; by default it refuses schemas that name one.
const LAX = { strict: false, validateFormats: false };

/** A schema of the order domain that refers to the money of a topic. */
const schema = (topic, schemaType, path, name) => ({
  schema: example(path),
  schemaType,
  references: [{ name, subject: `${topic}-money`, version: 1 }],
});

const avroOrder = (topic, version) => schema(topic, "AVRO", `avro/order.${version}.avsc`, "shop.Money");

const jsonOrder = (topic, version) =>
  schema(topic, "JSON", `json/order.${version}.schema.json`, "money.schema.json");

const isIncompatible = (error) => {
  assert.deepEqual([error.status, error.errorCode], [409, 40901], String(error));
  return true;
};

test("the client registers, looks up, checks, configures and deletes", async () => {
  const client = newClient();
  const topic = newTopic();
  const subject = `${topic}-value`;
  await client.register(`${topic}-money`, { schema: example("avro/money.avsc"), schemaType: "AVRO" });
  const id = await client.register(subject, avroOrder(topic, "v1"));
  assert.equal(await client.getId(subject, avroOrder(topic, "v1")), id);
  assert.ok((await client.getAllSubjects()).includes(subject));

  const other = newClient();
  assert.equal(await other.getVersion(subject, avroOrder(topic, "v1"), false, false), 1);
  const found = await other.getBySubjectAndId(subject, id);
  assert.equal(found.references[0].subject, `${topic}-money`);
  const metadata = await other.getLatestSchemaMetadata(subject);
  assert.deepEqual([metadata.id, metadata.version], [id, 1]);
  const byGuid = await other.getByGuid(metadata.guid);
  assert.equal(byGuid.schema, found.schema);

  assert.equal(await client.testSubjectCompatibility(subject, avroOrder(topic, "v2")), true);
  assert.equal(await client.testCompatibility(subject, 1, avroOrder(topic, "broken")), false);
  await assert.rejects(client.register(subject, avroOrder(topic, "broken")), isIncompatible);
  await client.register(subject, avroOrder(topic, "v2"));
  assert.deepEqual(await newClient().getAllVersions(subject), [1, 2]);

  assert.equal(await client.updateCompatibility(subject, Compatibility.FULL), "FULL");
  assert.equal(await client.getCompatibility(subject), "FULL");
  assert.equal((await client.updateConfig(subject, { compatibility: "NONE" })).compatibility, "NONE");
  assert.equal((await client.getConfig(subject)).compatibilityLevel, "NONE");

  assert.equal(await client.deleteSubjectVersion(subject, 2, false), 2);
  assert.equal(await client.deleteSubjectVersion(subject, 2, true), 2);
  assert.deepEqual(await client.deleteSubject(subject, false), [1]);
  assert.deepEqual(await client.deleteSubject(subject, true), [1]);
});

test("Avro is written, evolved, refused and read back", async () => {
  const client = newClient();
  const topic = newTopic();
  const subject = `${topic}-value`;
  await client.register(`${topic}-money`, { schema: example("avro/money.avsc"), schemaType: "AVRO" });

  const writer = new AvroSerializer(client, VALUE, { useLatestVersion: true });
  const event = order(1767323045000);
  await client.register(subject, avroOrder(topic, "v1"));
  const old = await writer.serialize(topic, event);
  assert.equal(old[0], 0);
  assert.equal(old.readInt32BE(1), await client.getId(subject, avroOrder(topic, "v1")));

  await assert.rejects(client.register(subject, avroOrder(topic, "broken")), isIncompatible);
  await client.register(subject, avroOrder(topic, "v2"));

  const fresh = newClient();
  const newest = new AvroSerializer(fresh, VALUE, { useLatestVersion: true });
  const written = await newest.serialize(topic, { ...event, note: "ring twice" });
  const reader = new AvroDeserializer(fresh, VALUE, { useLatestVersion: true });
  assert.equal((await reader.deserialize(topic, written)).note, "ring twice");
  const read = await reader.deserialize(topic, old);
  assert.equal(read.note, null);
  assert.equal(read.total.minor_units, price.minor_units);
});

test("JSON is written, evolved, refused and read back", async () => {
  const client = newClient();
  const topic = newTopic();
  const subject = `${topic}-value`;
  await client.register(`${topic}-money`, { schema: example("json/money.schema.json"), schemaType: "JSON" });
  await client.register(subject, jsonOrder(topic, "v1"));
  await assert.rejects(client.register(subject, jsonOrder(topic, "broken")), isIncompatible);

  const writer = new JsonSerializer(client, VALUE, { useLatestVersion: true, validate: true, ...LAX });
  const event = order("2026-01-02T03:04:05Z");
  const written = await writer.serialize(topic, event);
  assert.equal(written[0], 0);
  assert.deepEqual(JSON.parse(written.subarray(5)), event);
  await assert.rejects(writer.serialize(topic, { id: "no more" }));
  await client.register(subject, jsonOrder(topic, "v2"));
  const reader = new JsonDeserializer(newClient(), VALUE, { validate: true, ...LAX });
  assert.deepEqual(await reader.deserialize(topic, written), event);
});

/** The descriptor of a file with a message that holds another one. */
const shipping = create(FileDescriptorProtoSchema, {
  name: "shipping.proto",
  package: "shop",
  syntax: "proto3",
  messageType: [
    { name: "Depot", field: [{ name: "town", number: 1, type: 9, label: 1, jsonName: "town" }] },
    {
      name: "Parcel",
      field: [
        { name: "order_id", number: 1, type: 9, label: 1, jsonName: "orderId" },
        { name: "stops", number: 2, type: 11, label: 3, typeName: ".shop.Parcel.Stop", jsonName: "stops" },
      ],
      nestedType: [
        { name: "Stop", field: [{ name: "town", number: 1, type: 9, label: 1, jsonName: "town" }] },
      ],
    },
  ],
});

test("Protobuf is written, refused and read back", async () => {
  const client = newClient();
  const topic = newTopic();
  const subject = `${topic}-value`;
  const files = createFileRegistry(create(FileDescriptorSetSchema, { file: [shipping] }));
  const Parcel = files.getMessage("shop.Parcel");
  const writer = new ProtobufSerializer(client, VALUE, { autoRegisterSchemas: true });
  writer.registry.add(Parcel);

  const event = create(Parcel, { orderId: "7", stops: [create(files.getMessage("shop.Parcel.Stop"), { town: "Ghent" })] });
  const written = await writer.serialize(topic, event);
  // The second message of its file: one index, zig-zag.
  assert.deepEqual([...written.subarray(5, 7)], [2, 2]);

  const metadata = await newClient().getLatestSchemaMetadata(subject);
  assert.match(metadata.schema, /message Parcel \{/);
  const broken = { schema: metadata.schema.replace("string order_id", "int64 order_id"), schemaType: "PROTOBUF" };
  await assert.rejects(client.register(subject, broken), isIncompatible);

  const reader = new ProtobufDeserializer(newClient(), VALUE, {});
  const read = await reader.deserialize(topic, written);
  assert.equal(read.orderId, "7");
  assert.equal(read.stops[0].town, "Ghent");
  assert.equal(read.$typeName, "shop.Parcel");
});
