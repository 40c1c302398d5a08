// standardwebhooks: what a registry sends is verified, and nothing else is. The library knows shared secrets only; Ed25519 is
// verified with Node's own cryptography, as the standard's text has it.

import assert from "node:assert/strict";
import { createPublicKey, verify as verifies } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

import { newTopic, url } from "./orders.mjs";

const schema = JSON.stringify({ type: "record", name: "shop.Size", doc: "€ 👋", fields: [] });

const post = async (path, body) => {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, await response.clone().text());
  return response.json();
};

/** Makes a webhook and changes something: the webhook, and the request that told of it. */
const told = async (more = {}) => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const topic = newTopic();
  const webhook = await post("/api/v1/webhooks", {
    url: `http://127.0.0.1:${server.address().port}/hooks`,
    subjects: [topic],
    include_schema: true,
    ...more,
  });
  await post(`/subjects/${topic}/versions`, { schema });
  const [request, response] = await once(server, "request");
  const parts = [];
  for await (const part of request) parts.push(part);
  response.writeHead(204).end();
  server.close();
  return { topic, webhook, headers: request.headers, body: Buffer.concat(parts).toString() };
};

/** The same request with one thing changed, each in its turn. */
const changed = ({ headers, body }) => [
  [headers, body.replace('"version":1', '"version":2')],
  [headers, `${body} `],
  [{ ...headers, "webhook-id": "evt_other" }, body],
  [{ ...headers, "webhook-timestamp": `${Number(headers["webhook-timestamp"]) + 1}` }, body],
];

test("a delivery is verified, and nothing else is", async () => {
  const { topic, webhook, headers, body } = await told();
  const verifier = new Webhook(webhook.secret);
  const event = verifier.verify(body, headers);
  assert.equal(event.id, headers["webhook-id"]);
  assert.equal(event.data.subject, topic);
  assert.equal(JSON.parse(event.data.schema).doc, "€ 👋");
  for (const [otherHeaders, otherBody] of changed({ headers, body })) {
    assert.notDeepEqual([otherHeaders, otherBody], [headers, body]);
    assert.throws(() => verifier.verify(otherBody, otherHeaders), WebhookVerificationError);
  }
  const stale = { ...headers, "webhook-timestamp": `${Number(headers["webhook-timestamp"]) - 600}` };
  assert.throws(() => verifier.verify(body, stale), /too old/);
  const other = new Webhook(`whsec_${Buffer.alloc(32).toString("base64")}`);
  assert.throws(() => other.verify(body, headers), WebhookVerificationError);
});

test("an asymmetric signature is verified with the public key", async () => {
  const { webhook, headers, body } = await told({ signing: "ed25519" });
  const other = new Webhook(Buffer.alloc(32).toString("base64"));
  assert.throws(() => other.verify(body, headers), WebhookVerificationError);
  const raw = Buffer.from(webhook.secrets[0].public_key.replace("whpk_", ""), "base64");
  const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const verify = (headers, body) => {
    const [version, signature] = headers["webhook-signature"].split(",");
    assert.equal(version, "v1a");
    const message = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    return verifies(null, Buffer.from(message), key, Buffer.from(signature, "base64"));
  };
  assert.ok(verify(headers, body));
  for (const [otherHeaders, otherBody] of changed({ headers, body })) {
    assert.ok(!verify(otherHeaders, otherBody));
  }
});
