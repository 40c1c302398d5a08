"""The client API of confluent-kafka-python: register, look up, check, configure, delete."""

import pytest
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryError
from confluent_kafka.schema_registry.schema_registry_client import ConfigCompatibilityLevel, ServerConfig

from conftest import example


def money():
    return Schema(example("avro/money.avsc"), "AVRO")


def order(version, topic):
    references = [SchemaReference("shop.Money", f"{topic}-money", 1)]
    return Schema(example(f"avro/order.{version}.avsc"), "AVRO", references)


@pytest.fixture
def subject(registry, topic):
    """A subject with the first version of an order, which refers to another subject."""
    registry.register_schema(f"{topic}-money", money())
    registry.register_schema(f"{topic}-value", order("v1", topic))
    return f"{topic}-value"


def refused(code, call):
    with pytest.raises(SchemaRegistryError) as refusal:
        call()
    assert refusal.value.error_code == code, refusal.value
    return refusal.value


def test_a_schema_is_registered_once(registry, subject, topic):
    again = registry.register_schema(subject, order("v1", topic))
    registered = registry.lookup_schema(subject, order("v1", topic))
    assert (registered.schema_id, registered.version) == (again, 1)
    assert registered.subject == subject
    assert registry.get_versions(subject) == [1]
    assert subject in registry.get_subjects()


def test_a_full_answer_has_id_version_and_guid(registry, topic):
    answer = registry.register_schema_full_response(f"{topic}-money", money())
    assert answer.schema_id > 0
    by_guid = registry.get_schema_by_guid(answer.guid)
    assert by_guid.schema_type == "AVRO"
    assert by_guid.schema_str == registry.get_schema(answer.schema_id).schema_str


def test_a_version_that_readers_can_read_joins(registry, subject, topic):
    assert registry.test_compatibility(subject, order("v2", topic))
    assert registry.test_compatibility_all_versions(subject, order("v2", topic))
    registry.register_schema(subject, order("v2", topic))
    latest = registry.get_latest_version(subject)
    assert latest.version == 2
    assert latest.schema.references[0].subject == f"{topic}-money"
    assert registry.get_version(subject, 1).version == 1


def test_a_version_that_breaks_readers_is_refused(registry, subject, topic):
    assert not registry.test_compatibility(subject, order("broken", topic))
    refusal = refused(40901, lambda: registry.register_schema(subject, order("broken", topic)))
    assert refusal.http_status_code == 409
    assert "customer_id" in refusal.error_message
    assert registry.get_versions(subject) == [1]


def test_what_is_not_there_has_its_code(registry, subject, topic):
    refused(40401, lambda: registry.lookup_schema(f"{topic}-nobody", money()))
    refused(40403, lambda: registry.lookup_schema(subject, money()))
    refused(40402, lambda: registry.get_version(subject, 7))
    refused(40401, lambda: registry.get_versions(f"{topic}-nobody"))
    refused(40403, lambda: registry.get_schema(2**31 - 1))
    refused(42201, lambda: registry.register_schema(subject, Schema("{", "AVRO")))


def test_settings_have_three_states(registry, subject, topic):
    assert registry.set_compatibility(subject, "FULL")["compatibility"] == "FULL"
    assert registry.get_compatibility(subject) == "FULL"
    none = ConfigCompatibilityLevel.NONE
    assert registry.set_config(subject, ServerConfig(compatibility=none))["compatibility"] == "NONE"
    assert registry.get_config(subject).compatibility_level == none
    registry.register_schema(subject, order("broken", topic))
    registry.delete_config(subject)
    refused(40408, lambda: registry.get_config(subject))


def test_a_mode_is_set_and_kept(registry, subject, topic):
    assert registry.update_mode(subject, "READONLY") == "READONLY"
    assert registry.get_mode(subject) == "READONLY"
    refused(42205, lambda: registry.register_schema(subject, order("v2", topic)))
    assert registry.update_mode(subject, "READWRITE") == "READWRITE"
    assert registry.get_global_mode() == "READWRITE"


def test_deletion_has_two_steps(registry, subject, topic):
    money_subject = f"{topic}-money"
    refused(42206, lambda: registry.delete_version(money_subject, 1))
    assert registry.get_referenced_by(money_subject, 1) == [registry.get_version(subject, 1).schema_id]
    assert registry.delete_version(subject, 1) == 1
    refused(40401, lambda: registry.get_versions(subject))
    assert registry.get_subjects(deleted=True).count(subject) == 1
    assert registry.delete_version(subject, 1, permanent=True) == 1
    refused(40405, lambda: registry.delete_subject(money_subject, permanent=True))
    assert registry.delete_subject(money_subject) == [1]
    assert registry.delete_subject(money_subject, permanent=True) == [1]
    assert not registry.get_subjects(subject_prefix=topic, deleted=True)


def test_an_id_leads_to_its_versions(registry, subject):
    schema_id = registry.get_version(subject, 1).schema_id
    assert subject in registry.get_subjects_by_schema_id(schema_id)
    assert (subject, 1) in [(found.subject, found.version) for found in registry.get_schema_versions(schema_id)]
    assert set(registry.get_schema_types()) == {"AVRO", "JSON", "PROTOBUF"}
    assert "." in registry.get_contexts()
