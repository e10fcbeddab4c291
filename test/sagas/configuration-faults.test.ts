import { beforeAll, describe, expect, test } from 'vitest';
import { dataOf } from '../support/ledger.ts';
import { fails } from './faults.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
}, Stage.openingMs);

describe.concurrent.each(['AuthorizePayment', 'BookShipment'])('%s that may not read its secret', (step) => {
  test('puts the order on hold: it is neither declined nor rejected, and nothing is undone', async () => {
    const trial = await stage.trial({ faults: [fails(step, 'ConfigurationFault')] });
    expect(await trial.run()).toMatchObject({ status: 'FAILED', error: 'CompensationFailed' });
    const ledger = await trial.ledger();
    const { order } = ledger;
    expect(order).toMatchObject({ status: 'on_hold', hold: { reason: 'compensation_failed' } });
    expect(order.hold?.detail).toContain('secret');
    for (const event of ['PaymentDeclined', 'ShipmentBookingFailed', 'OrderRejected'] as const) {
      expect(dataOf(ledger, event)).toEqual([]);
    }
    expect(await trial.stock()).toMatchObject({ reserved: 2 });
  });

  test('leaves nothing when the order is cancelled after that', async () => {
    const trial = await stage.trial({ faults: [fails(step, 'ConfigurationFault')] });
    await trial.run();
    await trial.cancel();
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
  });
});
