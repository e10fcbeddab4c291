import { beforeAll, describe, expect, test } from 'vitest';
import { triesOf } from './definitions.ts';
import { fails, loses } from './faults.ts';
import { Stage } from './stage.ts';
import type { Trial, TrialSetting } from './trial.ts';

let stage: Stage;
let stepwise: Stage;
beforeAll(async () => {
  stage = await Stage.shared();
  stepwise = await Stage.shared('StartOrderSaga');
}, Stage.openingMs);

let codes = 0;

/** An order with a discount of which there is one use, once a customer. */
async function trialWithDiscount(
  on: Stage,
  setting: TrialSetting = {},
): Promise<{ trial: Trial; uses(): Promise<number> }> {
  codes += 1;
  const code = `ONE-${codes}`;
  const discount = { title: code, on: 'order', basisPoints: 1_000, maxUses: 1, oncePerCustomer: true };
  await on.shop.must('sam:staff', 'PUT', `/discounts/${code}`, discount);
  const trial = await on.trial({ discountCodes: [code], ...setting });
  const uses = async () => (await on.shop.must<{ uses: number }>('sam:staff', 'GET', `/discounts/${code}`)).uses;
  return { trial, uses };
}

const tries = triesOf('order-saga', 'ReserveStock');

describe.concurrent('the use of a discount', { timeout: 60_000 }, () => {
  test.each([
    { how: 'the answer of ReserveStock is lost once', fault: loses('ReserveStock', 'TransientFault', { times: 1 }) },
    { how: 'ReserveStock fails once', fault: fails('ReserveStock', 'TransientFault', { times: 1 }) },
  ])('is reserved once when $how', async ({ fault }) => {
    const { trial, uses } = await trialWithDiscount(stage, { faults: [fault] });
    await trial.run();
    expect((await trial.balanced()).order.status).toBe('confirmed');
    expect(await uses()).toBe(1);
  });

  test.each([
    { how: 'ReserveStock answers never', faults: [loses('ReserveStock', 'TransientFault', { times: tries })] },
    { how: 'the card is declined', paymentMethodId: 'pm_card_chargeDeclined' },
    { how: 'the carrier refuses the address', postalCode: '00000' },
    {
      how: 'the answer of the release is lost',
      postalCode: '00000',
      faults: [loses('ReleaseStock', 'TransientFault', { times: 1 })],
    },
  ])('is given back when $how', async ({ how: _how, ...setting }) => {
    const { trial, uses } = await trialWithDiscount(stage, setting);
    await trial.run();
    expect((await trial.leftNothing()).order.status).toBe('rejected');
    expect(await uses()).toBe(0);
  });

  test('is given back by a cancellation', async () => {
    const { trial, uses } = await trialWithDiscount(stage);
    await trial.run();
    await trial.cancel();
    expect((await trial.leftNothing()).order.status).toBe('cancelled');
    expect(await uses()).toBe(0);
  });

  test('is not taken by a late second run of an order that was undone', async () => {
    const { trial, uses } = await trialWithDiscount(stepwise, { postalCode: '00000' });
    await trial.place();
    const [run, late] = [await trial.steppedRun(), await trial.steppedRun()];
    await run.finish();
    expect(await uses()).toBe(0);
    await late.finish();
    expect((await trial.leftNothing()).order.status).toBe('rejected');
    expect(await uses()).toBe(0);
  });

  test.each([1, 2, 3])(
    'is given back when the run is lost after %i steps and the order is cancelled',
    async (steps) => {
      const { trial, uses } = await trialWithDiscount(stepwise);
      await trial.place();
      const run = await trial.steppedRun();
      for (let step = 0; step < steps; step++) await run.step();
      expect(await uses()).toBe(1);
      expect((await stepwise.shop.cancel(trial.orderId)).status).toBe(202);
      await stepwise.age(trial.orderId, 370);
      await stepwise.local.invoke('ResumeUnfinished', {});
      await stepwise.ended('CancellationSaga', trial.orderId);
      expect((await trial.leftNothing()).order.status).toBe('cancelled');
      expect(await uses()).toBe(0);
    },
  );
});
