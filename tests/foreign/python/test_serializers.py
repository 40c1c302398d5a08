"""The three serializers of confluent-kafka-python: register by themselves, write, evolve, are refused, read back."""

import datetime
import uuid

import pytest
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryError
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext, SerializationError

from conftest import example

PRICE = {"minor_units": 1250, "currency": "EUR"}


def order(placed_at):
    line = {"sku": "A-1", "quantity": 3, "price": PRICE}
    return {"id": str(uuid.UUID(int=7)), "placed_at": placed_at, "total": PRICE, "lines": [line]}


def value_of(topic):
    return SerializationContext(topic, MessageField.VALUE)


def schema(path, schema_type, references=()):
    return Schema(example(path), schema_type, list(references))


def refused(call):
    with pytest.raises(SchemaRegistryError) as refusal:
        call()
    assert (refusal.value.http_status_code, refusal.value.error_code) == (409, 40901)


def test_avro(registry, topic):
    registry.register_schema(f"{topic}-money", schema("avro/money.avsc", "AVRO"))
    reference = SchemaReference("shop.Money", f"{topic}-money", 1)
    context = value_of(topic)
    placed_at = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)

    def writer(version):
        return AvroSerializer(registry, schema(f"avro/order.{version}.avsc", "AVRO", [reference]))

    old = writer("v1")(order(placed_at), context)
    new = writer("v2")({**order(placed_at), "note": "ring twice"}, context)
    refused(lambda: writer("broken")({**order(placed_at), "customer_id": "7"}, context))

    assert old[0] == 0
    schema_id = registry.get_version(f"{topic}-value", 1).schema_id
    assert int.from_bytes(old[1:5], "big") == schema_id
    reader = AvroDeserializer(registry, schema("avro/order.v2.avsc", "AVRO", [reference]))
    assert reader(new, context)["note"] == "ring twice"
    read = reader(old, context)
    assert (read["note"], read["placed_at"], read["total"]) == (None, placed_at, PRICE)


def test_json(registry, topic):
    registry.register_schema(f"{topic}-money", schema("json/money.schema.json", "JSON"))
    reference = SchemaReference("money.schema.json", f"{topic}-money", 1)
    context = value_of(topic)

    def of(version):
        return schema(f"json/order.{version}.schema.json", "JSON", [reference])

    def writer(version):
        return JSONSerializer(of(version), registry)

    event = order("2026-01-02T03:04:05Z")
    old = writer("v1")(event, context)
    new = writer("v2")({**event, "note": "ring twice"}, context)
    refused(lambda: writer("broken")({**event, "note": ""}, context))

    reader = JSONDeserializer(of("v2"), schema_registry_client=registry)
    assert reader(old, context) == event
    assert reader(new, context)["note"] == "ring twice"
    with pytest.raises(SerializationError):
        writer("v1")({"id": "no more"}, context)


def test_protobuf(registry, topic, shop):
    context = value_of(topic)
    event = shop.Order(id="7", note="ring twice")
    event.total.minor_units = 1250
    event.lines.add(sku="A-1", quantity=3)

    writer = ProtobufSerializer(shop.Order, registry, {"use.deprecated.format": False})
    written = writer(event, context)
    assert written[0] == 0
    # The first message of its file: the short form of the indexes.
    assert written[5] == 0

    # What the serializer registered by itself: the order, and what it imports under the names of the imports.
    registered = registry.get_latest_version(f"{topic}-value")
    assert registered.schema.schema_type == "PROTOBUF"
    assert "money.proto" in [reference.name for reference in registered.schema.references]

    # The text that people keep in their repository is the same schema as the descriptor that the serializer sent.
    text = Schema(example("protobuf/order.v2.proto"), "PROTOBUF", registered.schema.references)
    assert registry.test_compatibility(f"{topic}-value", text)

    broken = Schema(example("protobuf/order.broken.proto"), "PROTOBUF", registered.schema.references)
    refused(lambda: registry.register_schema(f"{topic}-value", broken))

    reader = ProtobufDeserializer(shop.Order, {"use.deprecated.format": False})
    assert reader(written, context) == event
    line = ProtobufSerializer(shop.Order.OrderLine, registry, {"use.deprecated.format": False})
    nested = line(event.lines[0], value_of(f"{topic}-lines"))
    # Two indexes, zig-zag: the message 0, and in it the message 0.
    assert nested[5:8] == bytes([4, 0, 0])
