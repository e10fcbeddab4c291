import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { orderViewWriter } from '../../../functions/orders/adapters/dynamodb-order-views.ts';
import { foldOrder } from '../../../functions/orders/domain/fold-order.ts';
import type { Order } from '../../../functions/orders/domain/order.ts';
import { orderView } from '../../../functions/orders/domain/order-view.ts';
import { firstDue } from '../../../functions/orders/domain/unfinished.ts';
import { addSeconds, type Instant } from '../../../functions/shared/kernel/time.ts';
import { cancellationAsked as cancelRequested, confirmation, declined, event } from '../orders/given.ts';
import {
  backorderHeld,
  commitsOf,
  counted,
  dispatchRequested,
  functions,
  given,
  holdSeconds,
  logged,
  lost,
  openUnfinished,
  shipment,
  starts,
  store,
  viewOf,
} from './unfinished.ts';

openUnfinished();

describe('the view of an order that is under way', () => {
  const held = (reason: 'compensation_failed' | 'capture_failed', shipmentId?: string) =>
    event('OrderHeld', { reason, detail: 'VoidPayment', ...(shipmentId && { shipmentId }) });
  it.each([
    { when: 'placed', decisions: [], reason: 'placement', after: lost },
    { when: 'failed and being undone', decisions: [[declined]], reason: 'undo', after: lost },
    { when: 'cancelled while placed', decisions: [[cancelRequested('placed')]], reason: 'undo', after: lost },
    {
      when: 'resumed after its stock arrived',
      decisions: [[backorderHeld], [event('OrderResumed', { reason: 'stock_arrived' })]],
      reason: 'placement',
      after: lost,
    },
    { when: 'waiting for stock', decisions: [[backorderHeld]], reason: 'backorder', after: 21_600 },
    {
      when: 'held before it was confirmed',
      decisions: [[held('compensation_failed')]],
      reason: 'hold',
      after: holdSeconds,
    },
    {
      when: 'confirmed and being cancelled',
      decisions: [confirmation(), [cancelRequested('confirmed')]],
      reason: 'undo',
      after: lost,
    },
    { when: 'being dispatched', decisions: [confirmation(), [dispatchRequested]], reason: 'dispatch', after: lost },
  ])('$when: is due $after s after its last change, for the reason $reason', async ({ decisions, reason, after }) => {
    const commits = commitsOf(60, ...decisions);
    const orderId = await given(commits);
    const dueAt = addSeconds(commits.at(-1)?.committedAt as Instant, after);
    expect(await viewOf(orderId)).toMatchObject({ dueKey: `${dueAt}#${orderId}` });
    expect(firstDue(foldOrder(commits) as Order, holdSeconds)?.reason).toBe(reason);
  });

  it.each([
    { when: 'confirmed', decisions: [confirmation()] },
    { when: 'rejected', decisions: [[declined, event('OrderRejected', { code: 'PAYMENT_DECLINED', detail: 'no' })]] },
    {
      when: 'held for a person after its confirmation',
      decisions: [confirmation(), [dispatchRequested], [held('capture_failed', shipment.shipmentId)]],
    },
  ])('$when: is not due, and not in the index', async ({ decisions }) => {
    const orderId = await given(commitsOf(60, ...decisions));
    const view = await viewOf(orderId);
    expect(view).toMatchObject({ orderId });
    for (const key of ['dueBucket', 'dueKey']) expect(view).not.toHaveProperty(key);
  });
});

describe('the audit', () => {
  it.each([
    { when: 'a dispatch', decisions: [confirmation(), [dispatchRequested]], reason: 'dispatch' },
    { when: 'a cancellation', decisions: [confirmation(), [cancelRequested('confirmed')]], reason: 'undo' },
    { when: 'a placement', decisions: [], reason: 'placement' },
  ])(
    'reports $when that is overdue by half an hour, not one that is younger',
    async ({ decisions, reason }) => {
      const orderId = await given(commitsOf(lost + 1_801, ...decisions));
      await given(commitsOf(lost + 1_700, ...decisions));
      const findings = await counted(functions.audit, 'StockAuditFindings');
      const named = logged.error.mock.calls.filter(([message]: unknown[]) => message === 'unfinished order');
      expect(named).toMatchObject([['unfinished order', { orderId, reason }]]);
      expect(findings).toBeGreaterThanOrEqual(1);
    },
    30_000,
  );
});

describe('a view that an earlier projector wrote, which does not say when the order is due', () => {
  const script = fileURLToPath(new URL('../../../scripts/rewrite-views.ts', import.meta.url));
  const rewrite = () =>
    promisify(execFile)(process.execPath, [
      ...[script, '--orders', process.env.ORDERS_TABLE ?? '', '--views', process.env.ORDER_VIEWS_TABLE ?? ''],
      ...['--endpoint', store.endpoint],
    ]);

  it('gets it from npm run views, and the order is resumed', async () => {
    const decisions = [confirmation(), [dispatchRequested]];
    const commits = commitsOf(lost + 60, ...decisions);
    const orderId = await given(commits, []);
    await orderViewWriter(process.env.ORDER_VIEWS_TABLE ?? '')(orderView(foldOrder(commits) as Order));
    await functions.resume();
    expect(starts()).toEqual([]);
    expect((await rewrite()).stdout).toBe('1 views rewritten\n');
    expect(await viewOf(orderId)).toMatchObject({ dueKey: expect.stringContaining(orderId), version: 3 });
    await functions.resume();
    expect(starts()).toMatchObject([{ saga: 'dispatch-saga' }]);
  }, 30_000);
});
