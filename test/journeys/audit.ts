import { expect } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import { contradictionsIn, type Ledger, ledgerOf } from '../support/ledger.ts';
import type { Shop } from '../support/orders.ts';
import { stockContradictions } from '../support/stock-ledger.ts';

/** Statuses of orders that no saga works on and that do not wait for a person. */
const ended = ['confirmed', 'completed', 'rejected', 'cancelled'];

/**
 * Compares the orders with the stock and the gateways' books. Nothing may be held, charged or booked without an order that
 * accounts for it, and nothing that an order relies on may be missing.
 *
 * @param orders every order of the instance.
 * @param received all units received, by SKU and location.
 */
export async function expectBooksToBalance(
  shop: Shop,
  orders: readonly OrderResource[],
  received: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Promise<void> {
  expect(orders.map(({ status }) => status).filter((status) => !ended.includes(status))).toEqual([]);
  const books = await shop.books();
  const ledgers: Ledger[] = [];
  for (const { orderId } of orders) ledgers.push(await ledgerOf(shop, orderId, books));
  expect(ledgers.flatMap((ledger) => contradictionsIn(ledger))).toEqual([]);
  for (const [sku, units] of Object.entries(received)) {
    expect(stockContradictions(await shop.stock(sku), units, ledgers)).toEqual([]);
  }
  const known = new Set(orders.map(({ orderId }) => orderId));
  expect([...books.payments, ...books.parcels].filter(({ orderId }) => !known.has(orderId))).toEqual([]);
}
