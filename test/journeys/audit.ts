import { expect } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import { contradictionsIn, type Ledger, ledgerOf } from '../support/ledger.ts';
import type { Shop } from '../support/orders.ts';
import { stockContradictions } from '../support/stock-ledger.ts';

/** An order that waits for nobody and that no saga is working on. */
const ended = ['confirmed', 'completed', 'rejected', 'cancelled'];

/**
 * Compares what the orders say with what everybody else's books say. Nothing may be held, charged or booked that no
 * order accounts for, and nothing that an order counts on may be missing.
 *
 * @param orders every order of the instance.
 * @param received units ever received, by SKU and location.
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
