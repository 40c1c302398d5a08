// Reads what another client wrote, and writes the same values: a job on standard input, the answer on standard output.
//
// A job has schemas, which are registered already, and events of them: each with its value in JSON and as a message. The
// answer holds the messages that @confluentinc/schemaregistry makes of what it read.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  AvroDeserializer,
  AvroSerializer,
  JsonDeserializer,
  JsonSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  SchemaRegistryClient,
  SerdeType,
} from "@confluentinc/schemaregistry";

import { url } from "./orders.mjs";

const { VALUE } = SerdeType;

// The validator that this client brings knows no formats; by default it refuses schemas that name one.
const LAX = { strict: false, validateFormats: false, validate: true };

const formats = {
  AVRO: (client, how) => ({
    writer: new AvroSerializer(client, VALUE, how),
    reader: new AvroDeserializer(client, VALUE, {}),
    expect: () => {},
  }),
  JSON: (client, how) => ({
    writer: new JsonSerializer(client, VALUE, { ...how, ...LAX }),
    reader: new JsonDeserializer(client, VALUE, LAX),
    expect: (read, value) => assert.deepEqual(read, value),
  }),
  PROTOBUF: (client, how, one) => {
    const bytes = Buffer.from(one.descriptors, "base64");
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, bytes));
    const message = registry.getMessage(one.message);
    const writer = new ProtobufSerializer(client, VALUE, how);
    writer.registry.add(message);
    return {
      writer,
      reader: new ProtobufDeserializer(client, VALUE, {}),
      expect: (read, value) => {
        assert.equal(read.$typeName, one.message);
        // By way of the bytes, since JSON may have more digits than a float has.
        const sent = fromBinary(message, toBinary(message, fromJson(message, value)));
        assert.deepEqual(toJson(message, read), toJson(message, sent));
      },
    };
  },
};

const job = JSON.parse(readFileSync(0, "utf8"));
const client = new SchemaRegistryClient({ baseURLs: [url] });
const written = [];
for (const one of job) {
  const how = { autoRegisterSchemas: false, useLatestVersion: true, subjectNameStrategy: () => one.subject };
  const { writer, reader, expect } = formats[one.type](client, how, one);
  const messages = [];
  for (const { value, message } of one.events) {
    const read = await reader.deserialize(one.topic, Buffer.from(message, "base64"));
    expect(read, value);
    messages.push((await writer.serialize(one.topic, read)).toString("base64"));
  }
  written.push(messages);
}
process.stdout.write(JSON.stringify(written));
