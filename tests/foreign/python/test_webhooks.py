"""standardwebhooks: what a registry sends is verified, and nothing else is. The library knows shared secrets only; Ed25519 is
verified with cryptography, as the standard's text has it."""

import base64
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError

from conftest import URL

SCHEMA = json.dumps({"type": "record", "name": "shop.Size", "doc": "€ 👋", "fields": []})


@pytest.fixture
def receiver():
    """A URL, and the requests that come to it as headers and body."""
    received = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            received.put(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hooks", received
    server.shutdown()
    server.server_close()


@pytest.fixture
def told(receiver, topic):
    """Makes a webhook and changes something; gives the webhook and the request that told of it."""
    url, received = receiver

    def tell(**more):
        wanted = {"url": url, "subjects": [topic], "include_schema": True, **more}
        made = requests.post(f"{URL}/api/v1/webhooks", json=wanted, timeout=60)
        assert made.status_code == 201, made.text
        done = requests.post(f"{URL}/subjects/{topic}/versions", json={"schema": SCHEMA}, timeout=60)
        assert done.status_code == 200, done.text
        return made.json(), *received.get(timeout=60)

    return tell


def changed(headers, body):
    """The same request with one thing changed, each in its turn."""
    stamp = int(headers["webhook-timestamp"])
    yield headers, body.replace(b'"version":1', b'"version":2')
    yield headers, body + b" "
    yield headers | {"webhook-id": "evt_other"}, body
    yield headers | {"webhook-timestamp": str(stamp + 1)}, body


def test_a_delivery_is_verified_and_nothing_else_is(told, topic):
    webhook, headers, body = told()
    verifier = Webhook(webhook["secret"])
    event = verifier.verify(body, headers)
    assert event["id"] == headers["webhook-id"]
    assert event["data"]["subject"] == topic
    assert json.loads(event["data"]["schema"])["doc"] == "€ 👋"
    for other_headers, other_body in changed(headers, body):
        assert (other_headers, other_body) != (headers, body)
        with pytest.raises(WebhookVerificationError):
            verifier.verify(other_body, other_headers)
    stale = headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) - 600)}
    with pytest.raises(WebhookVerificationError, match="too old"):
        verifier.verify(body, stale)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + base64.b64encode(bytes(32)).decode()).verify(body, headers)


def test_while_two_secrets_sign_either_verifies(told, receiver):
    webhook, _, _ = told()
    path = f"{URL}/api/v1/webhooks/{webhook['id']}"
    rotated = requests.post(f"{path}/rotate-secret", timeout=60).json()
    assert requests.post(f"{path}/test", timeout=60).json()["delivered"]
    headers, body = receiver[1].get(timeout=60)
    for secret in (webhook["secret"], rotated["secret"]):
        assert Webhook(secret).verify(body, headers)["type"] == "dev.dovetail.webhook.test.v1"


def test_an_asymmetric_signature_is_verified_with_the_public_key(told):
    webhook, headers, body = told(signing="ed25519")
    with pytest.raises(WebhookVerificationError):
        Webhook(base64.b64encode(bytes(32)).decode()).verify(body, headers)
    public = webhook["secrets"][0]["public_key"].removeprefix("whpk_")
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))

    def verify(headers, body):
        version, signature = headers["webhook-signature"].split(",")
        assert version == "v1a"
        head = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
        key.verify(base64.b64decode(signature, validate=True), head + body)

    verify(headers, body)
    for other_headers, other_body in changed(headers, body):
        with pytest.raises(InvalidSignature):
            verify(other_headers, other_body)
    with pytest.raises(InvalidSignature):
        key = Ed25519PublicKey.from_public_bytes(bytes(32))
        verify(headers, body)
