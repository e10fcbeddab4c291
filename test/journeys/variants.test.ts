import { expect, test } from 'vitest';
import { type Local, startLocal } from '../../local/start-local.ts';
import { orderOf, Shop } from '../support/orders.ts';
import { expectBooksToBalance } from './audit.ts';

const variants = [
  { how: 'with Express state machines', context: { sagaType: 'EXPRESS' }, type: 'EXPRESS' },
  { how: 'without the resource types that emulators lack', context: { minimal: 'true' }, type: 'STANDARD' },
];

test.each(variants)(
  'deployed $how, an order goes its way, and one that fails is undone',
  async ({ context, type }) => {
    const local: Local = await startLocal({ port: 0, memory: true, context, retryScale: 0.01 });
    try {
      expect(local.app.stateMachines.map((machine) => machine.type)).toEqual([type, type, type]);
      const shop = new Shop(local);
      await shop.sell('KITE', { stock: { BER: 10 } });
      const confirmed = await shop.ordered('alice', orderOf('KITE'));
      expect(confirmed).toMatchObject({
        status: 'confirmed',
        paymentStatus: 'authorized',
        fulfillmentStatus: 'booked',
      });
      const shipped = await shop.dispatched(confirmed);
      expect(shipped).toMatchObject({ paymentStatus: 'captured', fulfillmentStatus: 'shipped' });
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
      await expectBooksToBalance(shop, [shipped, rejected, cancelled], { KITE: 10 });
      expect(local.deadLetters()).toEqual([]);
    } finally {
      await local.stop();
    }
  },
  60_000,
);
