// The order domain of examples/, and names that nobody used before.

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

const ORDERS = new URL("../../../examples/orders/", import.meta.url);

export const url = process.env.DOVETAIL_URL;

export const example = (path) => readFileSync(new URL(path, ORDERS), "utf8");

export const newTopic = () => `orders-${randomUUID()}`;

export const price = { minor_units: 1250, currency: "EUR" };

export const order = (placedAt) => ({
  id: "00000000-0000-0000-0000-000000000007",
  placed_at: placedAt,
  total: price,
  lines: [{ sku: "A-1", quantity: 3, price }],
});
