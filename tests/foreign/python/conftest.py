"""What every test gets: clients for a registry that runs, and the order domain of examples/."""

import importlib
import os
import subprocess
import sys
import uuid
from importlib.resources import files
from pathlib import Path

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient

URL = os.environ["DOVETAIL_URL"]

ORDERS = Path(__file__).parents[3] / "examples" / "orders"


@pytest.fixture
def registry():
    """A client of the registry at DOVETAIL_URL."""
    return SchemaRegistryClient({"url": URL})


@pytest.fixture
def topic():
    """A topic that nobody used before."""
    return f"orders-{uuid.uuid4()}"


def example(path):
    """The text of a schema of the order domain."""
    return (ORDERS / path).read_text()


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    """The Protobuf classes of the newest order, as protoc makes them."""
    out = tmp_path_factory.mktemp("protobuf")
    for name, source in [("money.proto", "money.proto"), ("order.proto", "order.v2.proto")]:
        (out / name).write_text(example(f"protobuf/{source}"))
    well_known = files("grpc_tools") / "_proto"
    arguments = [f"-I{out}", f"-I{well_known}", f"--python_out={out}", "money.proto", "order.proto"]
    subprocess.run([sys.executable, "-m", "grpc_tools.protoc", *arguments], check=True)
    sys.path.insert(0, str(out))
    return importlib.import_module("order_pb2")
