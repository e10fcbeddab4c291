import { expect, test } from 'vitest';
<<<<<<< HEAD
import { type Local, startLocal } from '../../local/index.ts';
=======
>>>>>>> aws
import { orderOf, Shop } from '../support/orders.ts';
import { type Local, startLocal } from '../support/start-local.ts';
import { expectBooksToBalance } from './audit.ts';

/** Another app than that of the other journeys is synthesized first. */
const withSynthesisMs = 120_000;

async function running(
  context: Record<string, string>,
  use: (local: Local, shop: Shop) => Promise<void>,
): Promise<void> {
  const local = await startLocal({ port: 0, memory: true, context, retryScale: 0.01 });
  try {
    const shop = new Shop(local);
    await shop.sell('KITE', { stock: { BER: 10 } });
    await use(local, shop);
    expect(local.deadLetters()).toEqual([]);
  } finally {
    await local.stop();
  }
}

async function shippedOrder(shop: Shop) {
  const confirmed = await shop.ordered('alice', orderOf('KITE'));
  expect(confirmed).toMatchObject({ status: 'confirmed', paymentStatus: 'authorized', fulfillmentStatus: 'booked' });
  const shipped = await shop.dispatched(confirmed);
  expect(shipped).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
  return shipped;
}

const typesOf = ({ app }: Local) => app.stateMachines.map(({ type }) => type);

test(
  'with Express state machines an order goes its way, one that fails is undone, and one is cancelled',
  async () => {
    await running({ sagaType: 'EXPRESS' }, async (local, shop) => {
      expect(typesOf(local)).toEqual(['EXPRESS', 'EXPRESS', 'EXPRESS']);
      const shipped = await shippedOrder(shop);
      const rejected = await shop.ordered('bob', orderOf('KITE', { shippingAddress: { postalCode: '00000' } }));
      expect(rejected).toMatchObject({
        status: 'rejected',
        rejection: { code: 'ADDRESS_REFUSED' },
        paymentStatus: 'voided',
      });
      const { orderId } = await shop.ordered('carol', orderOf('KITE'));
      await shop.cancel(orderId, 'carol');
      await local.settled();
      const cancelled = await shop.order(orderId);
      expect(cancelled).toMatchObject({ status: 'cancelled', paymentStatus: 'voided' });
      await expectBooksToBalance(shop, [shipped, rejected, cancelled], { KITE: { BER: 10 } });
    });
  },
  withSynthesisMs,
);

test(
  'without the resource types that emulators lack an order still goes its way',
  async () => {
    await running({ minimal: 'true' }, async (local, shop) => {
      expect(typesOf(local)).toEqual(['STANDARD', 'STANDARD', 'STANDARD']);
      await expectBooksToBalance(shop, [await shippedOrder(shop)], { KITE: { BER: 10 } });
    });
  },
  withSynthesisMs,
);
