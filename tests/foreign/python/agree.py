"""Reads what another client wrote, and writes the same values: a job on standard input, the answer on standard output.

A job has schemas, which are registered already, and events of them: each with its value in JSON and as a message. Every message
has to be read as its value; the answer holds the messages that confluent-kafka-python makes of the values.
"""

import base64
import io
import json
import os
import sys

import fastavro
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory


def new_client():
    return SchemaRegistryClient({"url": os.environ["DOVETAIL_URL"]})


def latest_of(one):
    """How a serializer writes with the schema that is registered."""
    return {
        "auto.register.schemas": False,
        "use.latest.version": True,
        "subject.name.strategy": lambda context, name: one["subject"],
    }


def schema_of(one):
    references = [SchemaReference(**reference) for reference in one["references"]]
    return Schema(one["text"], one["type"], references)


def avro(registry, one):
    named = {}
    for text in one["texts"]:
        fastavro.parse_schema(json.loads(text), named_schemas=named)
    parsed = fastavro.parse_schema(json.loads(one["text"]), named_schemas=named)

    def value(event):
        return next(iter(fastavro.json_reader(io.StringIO(json.dumps(event)), parsed)))

    return AvroSerializer(registry, schema_of(one), conf=latest_of(one)), AvroDeserializer(registry), value


def json_schema(registry, one):
    writer = JSONSerializer(schema_of(one), registry, conf=latest_of(one))
    return writer, JSONDeserializer(schema_of(one), schema_registry_client=registry), lambda event: event


def protobuf(registry, one):
    pool = descriptor_pool.DescriptorPool()
    descriptors = descriptor_pb2.FileDescriptorSet.FromString(base64.b64decode(one["descriptors"]))
    for file in descriptors.file:
        pool.Add(file)
    message = message_factory.GetMessageClass(pool.FindMessageTypeByName(one["message"]))
    how = {"use.deprecated.format": False}
    if "." not in one["message"].removeprefix(one["package"] + "."):
        how |= latest_of(one)
    # With a chosen schema it looks for messages on the first level only, so others bring theirs.
    writer = ProtobufSerializer(message, registry, how)
    # What registered a schema remembers the text that it sent, which is no descriptor; so reading has a client of its own.
    reader = ProtobufDeserializer(message, {"use.deprecated.format": False}, new_client())
    return writer, reader, lambda event: json_format.ParseDict(event, message(), descriptor_pool=pool)


def main():
    job = json.load(sys.stdin)
    registry = new_client()
    formats = {"AVRO": avro, "JSON": json_schema, "PROTOBUF": protobuf}
    written = []
    for one in job:
        writer, reader, to_value = formats[one["type"]](registry, one)
        context = SerializationContext(one["topic"], MessageField.VALUE)
        messages = []
        for event in one["events"]:
            own = writer(to_value(event["value"]), context)
            read, expected = reader(base64.b64decode(event["message"]), context), reader(own, context)
            assert read == expected, f"{one['topic']}: read {read}, expected {expected}"
            messages.append(base64.b64encode(own).decode())
        written.append(messages)
    json.dump(written, sys.stdout)


main()
