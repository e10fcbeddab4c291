import { describe, expect, it } from 'vitest';
import {
  holdBackordered,
  isAboutToWait,
  resumeBackordered,
  type Waiting,
  waitElsewhere,
} from '../../../../functions/fulfillment/domain/decide-backorder.ts';
import { confirmOrder, permitUndo } from '../../../../functions/fulfillment/domain/decide-outcome.ts';
import { orderAsPlaced, resumedSagaInput } from '../../../../functions/fulfillment/domain/saga-input.ts';
import { requestCancellation } from '../../../../functions/orders/domain/decide-cancellation.ts';
import { orderResource } from '../../../../functions/orders/domain/order-resource.ts';
import {
  answers,
  cancellationAsked,
  caught,
  commitsOf,
  confirmed,
  declined,
  event,
  eventsOf,
  now,
  orderAfter,
  orderId,
  placed,
  placement,
  refusalCode,
  sagaState,
  undoState,
} from '../../orders/given.ts';

const waiting: Waiting = { state: 'waiting', sku: 'MUG', units: 2, mode: 'backorder', orderVersion: 1 };
const held = event('OrderHeld', {
  ...{ reason: 'backordered', detail: '2 of MUG are backordered.', waitsFor: { sku: 'MUG', units: 2 } },
});
const resumed = event('OrderResumed', { reason: 'stock_arrived' });
const onHold = () => orderAfter([held]);

describe('an order that waits for stock', () => {
  it('is put on hold, with what it waits for', () => {
    expect(holdBackordered(orderAfter(), 1, waiting)).toEqual([held]);
    expect(holdBackordered(orderAfter(), 1, { ...waiting, mode: 'preorder' })).toMatchObject([
      { data: { detail: '2 of MUG are preordered.' } },
    ]);
    const { status, hold } = orderResource(onHold(), undefined);
    expect({ status, hold }).toMatchObject({ status: 'on_hold', hold: { waitsFor: { sku: 'MUG', units: 2 } } });
  });

  it('waits for another SKU when it has moved to its queue, and says so once', () => {
    const elsewhere = { ...waiting, sku: 'TEE', units: 1 };
    const [moved, ...more] = eventsOf(waitElsewhere(onHold(), elsewhere));
    expect([moved, more]).toMatchObject([{ type: 'OrderHeld', data: { waitsFor: { sku: 'TEE', units: 1 } } }, []]);
    const after = orderAfter([held], [moved as NonNullable<typeof moved>]);
    expect(after).toMatchObject({ status: 'on_hold', hold: { waitsFor: { sku: 'TEE' } } });
    expect(waitElsewhere(after, elsewhere)).toEqual([]);
    expect(resumeBackordered(after)).toEqual([resumed]);
    expect(waitElsewhere(orderAfter([held], [resumed]), elsewhere)).toEqual([]);
    expect(waitElsewhere(orderAfter([event('OrderHeld', { reason: 'review', detail: 'odd' })]), elsewhere)).toEqual([]);
  });

  it('is resumed at once when its stock arrived before the hold was recorded', () => {
    expect(holdBackordered(orderAfter(), 1, { ...waiting, state: 'filled' })).toEqual([held, resumed]);
  });

  it('is not put on hold by a late run, nor without a queue entry', () => {
    const again = orderAfter([held], [resumed]);
    expect(again).toMatchObject({ status: 'placed', version: 3 });
    expect(holdBackordered(again, 1, waiting)).toEqual([]);
    expect(holdBackordered(onHold(), 1, waiting)).toEqual([]);
    expect(holdBackordered(confirmed(), 1, waiting)).toEqual([]);
    expect(holdBackordered(orderAfter(), 1, undefined)).toEqual([]);
  });

  it('is undone by its run when it was cancelled or failed meanwhile', () => {
    expect(refusalCode(holdBackordered(orderAfter([cancellationAsked()]), 1, waiting))).toBe('CANCELLATION_REQUESTED');
    expect(refusalCode(holdBackordered(orderAfter([declined]), 1, waiting))).toBe('ORDER_ENDED');
  });

  it('is neither confirmed nor undone by a second run of its saga', () => {
    expect(refusalCode(confirmOrder(onHold(), answers()))).toBe('ORDER_ENDED');
    expect(permitUndo(onHold(), undoState({ failure: caught('BACKORDERED', 'no') }))).toEqual({ undo: false });
  });

  it('can be cancelled', () => {
    expect(eventsOf(requestCancellation(onHold(), 'customer', now)).map(({ type }) => type)).toEqual([
      'OrderResumed',
      'CancellationRequested',
    ]);
  });
});

describe('an order whose stock has arrived', () => {
  it('is resumed once', () => {
    expect(resumeBackordered(onHold())).toEqual([resumed]);
    expect(resumeBackordered(orderAfter([held], [resumed]))).toEqual([]);
  });

  it('does not change when it is on hold for another reason, or was cancelled meanwhile', () => {
    expect(resumeBackordered(orderAfter([event('OrderHeld', { reason: 'review', detail: 'odd' })]))).toEqual([]);
    const cancelling = [event('OrderResumed', { reason: 'cancellation' }), cancellationAsked('on_hold')];
    expect(resumeBackordered(orderAfter([held], cancelling))).toEqual([]);
  });

  it('is left to its own run only before that run has recorded the wait', () => {
    expect(isAboutToWait(orderAfter(), 1)).toBe(true);
    expect(isAboutToWait(orderAfter([held], [resumed]), 3)).toBe(true);
    for (const order of [onHold(), orderAfter([held], [resumed]), orderAfter([cancellationAsked()]), confirmed()]) {
      expect(isAboutToWait(order, 1)).toBe(false);
    }
  });

  it('is placed for its second run, at the version of its resumption', () => {
    const [first] = commitsOf(placed);
    const trigger = { orderId, sequence: 3, correlationId: 'c', traceparent: '', occurredAt: now, data: {} };
    const input = resumedSagaInput(trigger, first);
    expect(input).toMatchObject({ version: 3, order: { ...placement, placedAt: now } });
    expect(orderAsPlaced(sagaState(input))).toMatchObject({ status: 'placed', version: 3, orderId });
    expect(eventsOf(confirmOrder(orderAsPlaced(sagaState(input)), answers())).at(-1)?.type).toBe('OrderConfirmed');
    expect(() => resumedSagaInput(trigger, undefined)).toThrow('never placed');
  });
});
