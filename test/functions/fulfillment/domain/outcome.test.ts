import { describe, expect, it } from 'vitest';
import {
  confirmOrder,
  endUndoneOrder,
  holdForCompensation,
  permitUndo,
} from '../../../../functions/fulfillment/domain/decide-outcome.ts';
import {
  achieved,
  afterwards,
  answers,
  cancellationAsked,
  caught,
  confirmation,
  confirmed,
  declined,
  event,
  eventsOf,
  orderAfter,
  payment,
  refusalCode,
  shipmentsOf,
  stock,
  twoWarehouses,
  undoState,
} from '../../orders/given.ts';

const held = (reason: 'compensation_failed' | 'review' = 'compensation_failed') =>
  event('OrderHeld', { reason, detail: 'stuck' });
const rejected = event('OrderRejected', { code: 'OUT_OF_STOCK', detail: 'Sold out.' });
const cancelled = event('OrderCancelled', {});
const delivered = [
  event('DispatchRequested', {
    ...{ shipmentId: shipmentsOf()[0]?.shipmentId ?? '', location: 'berlin', lines: [], paymentId: 'pi_1' },
    ...{ amountMinor: 1, currency: 'EUR', finalCapture: true },
  }),
  event('OrderCompleted', {}),
];

describe('confirming an order', () => {
  it('records the reservation, authorization and booking, and confirms, in one commit', () => {
    expect(confirmOrder(orderAfter(), answers(twoWarehouses))).toEqual(confirmation(twoWarehouses));
  });

  it('records nothing that the log has already', () => {
    const order = orderAfter(achieved());
    expect(confirmOrder(order, answers())).toEqual([event('OrderConfirmed', {})]);
  });

  it('changes nothing when it was confirmed before', () => {
    expect(confirmOrder(confirmed(), answers())).toEqual([]);
    expect(confirmOrder(afterwards(confirmed(), held()), answers())).toEqual([]);
    expect(confirmOrder(orderAfter(confirmation(), delivered), answers())).toEqual([]);
  });

  it('is refused once its cancellation was requested', () => {
    expect(refusalCode(confirmOrder(orderAfter([cancellationAsked()]), answers()))).toBe('CANCELLATION_REQUESTED');
  });

  it('is refused once the failure is on record', () => {
    expect(refusalCode(confirmOrder(orderAfter([declined]), answers()))).toBe('ORDER_ENDED');
  });

  it.each([
    ['rejected', orderAfter([declined], [rejected])],
    ['cancelled', orderAfter([cancelled])],
    ['held before it was confirmed', orderAfter([held()])],
  ])('is refused for an order that is %s', (_, order) => {
    expect(refusalCode(confirmOrder(order, answers()))).toBe('ORDER_ENDED');
  });
});

describe('the fence before an undo', () => {
  it.each([
    ['stock', {}, 'OUT_OF_STOCK', 'StockReservationFailed'],
    ['payment', { stock: stock() }, 'PAYMENT_DECLINED', 'PaymentDeclined'],
    ['booking', { stock: stock(), payment }, 'ADDRESS_REFUSED', 'ShipmentBookingFailed'],
    ['confirmation', answers(), 'HOLD_EXPIRED', 'OrderConfirmationFailed'],
  ] as const)('records a refusal of the step for %s before anything is undone', (_, done, code, type) => {
    const failed = event(type, { code, detail: 'Because.' });
    const recorded = achieved().filter((each) => {
      if (each.type === 'StockReserved') return 'stock' in done;
      return each.type === 'PaymentAuthorized' ? 'payment' in done : 'shipments' in done;
    });
    const state = undoState({ ...done, failure: caught(code, 'Because.') });
    expect(permitUndo(orderAfter(), state)).toEqual({ undo: true, events: [...recorded, failed] });
  });

  it.each([
    [{}, 'StockReservationFailed', 'STOCK_UNAVAILABLE'],
    [{ stock: stock() }, 'PaymentDeclined', 'PAYMENT_UNAVAILABLE'],
    [{ stock: stock(), payment }, 'ShipmentBookingFailed', 'CARRIER_UNAVAILABLE'],
    [answers(), 'OrderConfirmationFailed', 'CONFIRMATION_UNAVAILABLE'],
  ] as const)('records a fault with the code of its step and without its message (%#)', (done, type, code) => {
    const state = undoState({ ...done, failure: caught('TransientFault', 'socket hang up at 10.0.0.1') });
    const permission = permitUndo(orderAfter(), state);
    const last = permission.undo ? permission.events.at(-1) : undefined;
    expect(last).toMatchObject({ type, data: { code } });
    expect(JSON.stringify(permission)).not.toContain('10.0.0.1');
  });

  it.each([
    ['HOLD_EXPIRED', {}],
    ['CARRIER_REFUSED', { stock: stock(), payment }],
    ['CANCELLATION_REQUESTED', answers()],
    ['ORDER_ENDED', answers()],
  ])('keeps the code of the refusal %s', (code, done) => {
    const permission = permitUndo(orderAfter(), undoState({ ...done, failure: caught(code, 'Because.') }));
    expect(permission.undo && permission.events.at(-1)?.data).toEqual({ code, detail: 'Because.' });
  });

  it('treats a timeout, whose cause is no JSON, as a fault', () => {
    const state = undoState({ failure: { Error: 'States.Timeout', Cause: '' } });
    expect(permitUndo(orderAfter(), state)).toMatchObject({ events: [{ data: { code: 'STOCK_UNAVAILABLE' } }] });
  });

  it('keeps the code of a refusal whose cause cannot be read', () => {
    const state = undoState({ failure: { Error: 'OUT_OF_STOCK', Cause: 'cut off {' } });
    expect(permitUndo(orderAfter(), state)).toMatchObject({ events: [{ data: { code: 'OUT_OF_STOCK' } }] });
  });

  it.each([
    ['a failure', orderAfter([declined])],
    ['a cancellation', orderAfter([cancellationAsked()])],
    ['a cancellation after it was confirmed', afterwards(confirmed(), cancellationAsked('confirmed'))],
    ['its rejection', orderAfter([declined], [rejected])],
    ['its cancellation', orderAfter([cancelled])],
    ['a hold with a failure behind it', orderAfter([declined], [held()])],
    ['a hold with a cancellation behind it', afterwards(confirmed(), cancellationAsked('confirmed'), held())],
  ])('permits the undo without a new event for an order whose log has %s', (_, order) => {
    expect(permitUndo(order, undoState(answers()))).toEqual({ undo: true, events: [] });
  });

  it.each([
    ['confirmed and wanted', confirmed()],
    ['completed', orderAfter(confirmation(), delivered)],
    ['on hold for a review', afterwards(confirmed(), held('review'))],
    ['held before its failure was recorded', orderAfter([held()])],
  ])('does not permit the undo of an order that is %s', (_, order) => {
    expect(permitUndo(order, undoState(answers()))).toEqual({ undo: false });
  });
});

const undone = {
  shipments: { cancelled: [{ shipmentId: 'shp_1', carrierShipmentId: 'cs_1', trackingCode: 'track' }] },
  payment: { voided: payment },
  stock: { released: stock().allocations },
};
const takenBack = [
  event('ShipmentCancelled', { shipmentId: 'shp_1', carrierShipmentId: 'cs_1', trackingCode: 'track' }),
  event('PaymentVoided', payment),
  event('StockReleased', { allocations: stock().allocations }),
];

describe('the end of an undone order', () => {
  it('is its rejection, for the reason on record, with everything that was undone', () => {
    const order = orderAfter([...achieved(), declined]);
    expect(endUndoneOrder(order, undoState({ ...answers(), undone }))).toEqual([
      ...takenBack,
      event('OrderRejected', { code: 'PAYMENT_DECLINED', detail: 'No.' }),
    ]);
  });

  it('records no undo of steps that had no effect', () => {
    const nothing = { shipments: { cancelled: [] }, payment: { voided: null }, stock: { released: [] } };
    expect(endUndoneOrder(orderAfter([declined]), undoState({ undone: nothing }))).toEqual([
      event('OrderRejected', { code: 'PAYMENT_DECLINED', detail: 'No.' }),
    ]);
  });

  it('is its cancellation when that was requested, even if the order failed as well', () => {
    const order = orderAfter([declined], [cancellationAsked()]);
    expect(eventsOf(endUndoneOrder(order, undoState({ undone }))).at(-1)).toEqual(cancelled);
  });

  it('is the cancellation of a confirmed order', () => {
    const order = afterwards(confirmed(), cancellationAsked('confirmed'));
    expect(endUndoneOrder(order, undoState({ undone }))).toEqual([...takenBack, cancelled]);
  });

  it('ends a hold first', () => {
    const order = orderAfter([declined], [held()]);
    expect(endUndoneOrder(order, undoState({ undone }))).toEqual([
      event('OrderResumed', { reason: 'undone' }),
      ...takenBack,
      event('OrderRejected', { code: 'PAYMENT_DECLINED', detail: 'No.' }),
    ]);
  });

  it.each([
    ['rejected', orderAfter([declined], [rejected])],
    ['cancelled', orderAfter([cancelled])],
    ['confirmed and wanted', confirmed()],
    ['completed', orderAfter(confirmation(), delivered)],
    ['placed and not failing', orderAfter()],
  ])('does not happen to an order that is %s', (_, order) => {
    expect(endUndoneOrder(order, undoState({ undone }))).toEqual([]);
  });
});

describe('an undo that cannot be completed', () => {
  it.each([
    ['CancelShipment', { ...answers(), failure: caught('HOLD_EXPIRED', '') }],
    ['VoidPayment', { ...answers(), failure: caught('HOLD_EXPIRED', ''), undone: { shipments: { cancelled: [] } } }],
    ['VoidPayment', { stock: stock(), failure: caught('PAYMENT_DECLINED', '') }],
    ['ReleaseStock', { failure: caught('OUT_OF_STOCK', '') }],
    ['ReleaseStock', { stock: stock(), undone: { payment: { voided: null } }, failure: caught('X', '') }],
    ['CancelShipment', {}],
    ['The record of the undo', { undone: { stock: { released: [] } } }],
  ])('puts the order on hold and names %s (%#)', (step, state) => {
    const events = eventsOf(holdForCompensation(orderAfter([declined]), undoState(state)));
    expect(events.at(-1)).toMatchObject({
      type: 'OrderHeld',
      data: { reason: 'compensation_failed', detail: expect.stringMatching(`^${step} could not be completed`) },
    });
  });

  it.each([
    ['VoidPayment', { ...answers(), failure: caught('HOLD_EXPIRED', ''), undone: { shipments: { cancelled: [] } } }],
    ['CancelShipment', {}],
  ])('because %s met a fault of the configuration names the configuration and the step', (step, state) => {
    const undoFailure = caught('ConfigurationFault', 'secret arn:aws:x cannot be read');
    const events = eventsOf(holdForCompensation(orderAfter([declined]), undoState({ ...state, undoFailure })));
    const detail = expect.stringMatching(new RegExp(`^${step} .*configuration of a gateway.*cancel the order`));
    expect(events.at(-1)).toMatchObject({ type: 'OrderHeld', data: { reason: 'compensation_failed', detail } });
    expect(JSON.stringify(events)).not.toContain('arn:aws');
  });

  it('records the completed steps', () => {
    expect(eventsOf(holdForCompensation(orderAfter(), undoState(answers()))).slice(0, -1)).toEqual(achieved());
  });

  it('puts a confirmed order that is being cancelled on hold', () => {
    const order = afterwards(confirmed(), cancellationAsked('confirmed'));
    expect(eventsOf(holdForCompensation(order, undoState())).map(({ type }) => type)).toEqual(['OrderHeld']);
  });

  it.each([
    ['confirmed and wanted', confirmed()],
    ['on hold already', orderAfter([declined], [held()])],
    ['rejected', orderAfter([declined], [rejected])],
    ['cancelled', orderAfter([cancelled])],
    ['completed', orderAfter(confirmation(), delivered)],
  ])('does not change an order that is %s', (_, order) => {
    expect(holdForCompensation(order, undoState(answers()))).toEqual([]);
  });
});

describe('an order that is resumed', () => {
  it.each([
    ['placed', orderAfter([declined])],
    ['confirmed', afterwards(confirmed(), cancellationAsked('confirmed'))],
  ])('has its earlier status %s and its earlier undo again', (status, before) => {
    const after = afterwards(before, held(), event('OrderResumed', { reason: 'undone' }));
    expect(after).toEqual({ ...before, version: after.version, updatedAt: after.updatedAt });
    expect(after.status).toBe(status);
  });
});
