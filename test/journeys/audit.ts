import { expect } from 'vitest';
import type { OrderResource } from '../../api/orders.ts';
import type { Shop } from '../support/orders.ts';

/** An order that waits for nobody and that no saga is working on. */
const ended = new Set(['confirmed', 'completed', 'rejected', 'cancelled']);

/**
 * Compares what the orders say with what everybody else's books say. Nothing may be held, charged or booked that no
 * order accounts for, and nothing that an order counts on may be missing.
 *
 * @param orders every order of the instance.
 * @param received units ever received, by SKU.
 */
export async function expectBooksToBalance(
  shop: Shop,
  orders: readonly OrderResource[],
  received: Readonly<Record<string, number>>,
): Promise<void> {
  const { payments, parcels } = await shop.books();
  for (const order of orders) {
    expect(ended).toContain(order.status);
    const own = payments.filter(({ orderId }) => orderId === order.orderId);
    expect(own.length).toBeLessThanOrEqual(1);
    const [held, taken] = own.reduce(
      ([open, kept], each) => [open + each.capturableMinor, kept + each.capturedMinor - each.refundedMinor],
      [0, 0],
    );
    const { capturedMinor, refundedMinor, authorizedMinor } = order.payment;
    const holds = order.status === 'confirmed' ? authorizedMinor - capturedMinor : 0;
    expect({ orderId: order.orderId, held, taken }).toEqual({
      orderId: order.orderId,
      held: holds,
      taken: capturedMinor - refundedMinor,
    });
    const bought = parcels.filter((each) => each.orderId === order.orderId && each.status === 'bought');
    expect(bought.map(({ trackingCode }) => trackingCode).sort()).toEqual(liveShipments(order).map(codeOf).sort());
  }
  const known = new Set(orders.map(({ orderId }) => orderId));
  expect([...payments, ...parcels].filter(({ orderId }) => !known.has(orderId))).toEqual([]);
  for (const [sku, units] of Object.entries(received)) await expectStock(shop, orders, sku, units);
}

const liveShipments = ({ shipments }: OrderResource) => shipments.filter(({ status }) => status !== 'cancelled');
const codeOf = ({ trackingCode }: OrderResource['shipments'][number]) => trackingCode;

async function expectStock(shop: Shop, orders: readonly OrderResource[], sku: string, units: number): Promise<void> {
  const inShipments = (wanted: (status: string) => boolean) =>
    orders
      .flatMap(liveShipments)
      .filter(({ status }) => wanted(status))
      .flatMap(({ lines }) => lines)
      .reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0);
  const shipped = inShipments((status) => status === 'dispatched' || status === 'delivered');
  const reserved = inShipments((status) => status === 'booked');
  const { locations, ...levels } = await shop.stock(sku);
  expect(levels).toEqual({ sku, onHand: units - shipped, available: units - shipped - reserved, reserved });
  expect(locations.reduce((sum, location) => sum + location.shipped, 0)).toBe(shipped);
}
