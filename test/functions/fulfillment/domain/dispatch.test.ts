import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdDispatch, recordDispatch } from '../../../../functions/fulfillment/domain/decide-dispatch-outcome.ts';
import { shipmentAmounts } from '../../../../functions/fulfillment/domain/shipment-amounts.ts';
import { requestDispatch } from '../../../../functions/orders/domain/decide-dispatch.ts';
import { fulfillmentStatusOf, type Order, paymentStatusOf } from '../../../../functions/orders/domain/order.ts';
import {
  afterwards,
  berlin,
  cancellationAsked,
  captureOf,
  caught,
  confirmed,
  declined,
  dispatchState,
  event,
  eventsOf,
  now,
  orderAfter,
  refusalCode,
  totals,
  twoWarehouses,
  vienna,
} from '../../orders/given.ts';

/** The commits of the sagas and the warehouse, one for each action. */
const request = (order: Order, id: string) => afterwards(order, ...eventsOf(requestDispatch(order, id, now)));
const fail = (order: Order, id: string, failure = caught('PAYMENT_CAPTURE_REFUSED', 'No funds.')) =>
  afterwards(order, ...eventsOf(holdDispatch(order, dispatchState(order, id, { failure }))));
const failBooking = (order: Order, id: string) =>
  afterwards(
    order,
    ...eventsOf(
      holdDispatch(order, dispatchState(order, id, { capture: captureOf(order, id), failure: caught('X', '') })),
    ),
  );
const succeed = (order: Order, id: string) =>
  afterwards(
    order,
    ...eventsOf(recordDispatch(order, dispatchState(order, id, { capture: captureOf(order, id) }), now)),
  );
const statusOf = (order: Order, id: string) => order.shipments.find((each) => each.shipmentId === id)?.status;

const types = (decision: unknown) => eventsOf(decision).map(({ type }) => type);
const resumed = event('OrderResumed', { reason: 'dispatch' });
const cancelling = event('OrderResumed', { reason: 'cancellation' });

describe('requesting a dispatch', () => {
  it('records the units, their location and the amount to capture', () => {
    expect(requestDispatch(confirmed(), berlin, now)).toEqual([
      event('DispatchRequested', {
        shipmentId: berlin,
        location: 'berlin',
        lines: [
          { lineId: '1', sku: 'MUG', quantity: 2 },
          { lineId: '2', sku: 'LAMP', quantity: 1 },
        ],
        paymentId: 'pi_1',
        amountMinor: totals.totalMinor,
        currency: 'EUR',
        finalCapture: true,
      }),
    ]);
  });

  it('captures the rest for the last shipment, once every other capture is on record', () => {
    const finalCaptureOf = (order: Order, id: string) => eventsOf(requestDispatch(order, id, now))[0]?.data;
    const order = confirmed(twoWarehouses);
    expect(finalCaptureOf(order, berlin)).toMatchObject({ finalCapture: false });
    expect(finalCaptureOf(request(order, berlin), vienna)).toMatchObject({ finalCapture: false });
    expect(finalCaptureOf(succeed(request(order, berlin), berlin), vienna)).toMatchObject({ finalCapture: true });
  });

  /** An order of two parcels whose tax is divided by line, so that shipping is beside the parcels. */
  const frozen = (): Order => {
    const order = confirmed(twoWarehouses);
    const [first = 0, second = 0] = [3_500, 2_000];
    const shipments = order.shipments.map((each, index) => ({ ...each, amountMinor: index === 0 ? first : second }));
    const shipping = { shippingMinor: 400, shippingTaxMinor: 76 };
    return { ...order, shipments, totals: { ...totals, ...shipping, totalMinor: first + second + 476 } };
  };
  const amountOf = (order: Order, id: string) => eventsOf(requestDispatch(order, id, now)).at(-1)?.data;

  it('takes shipping with the first capture that is requested and was not refused', () => {
    const order = frozen();
    expect(amountOf(order, vienna)).toMatchObject({ amountMinor: 2_476, shippingMinor: 476 });
    const requested = request(order, vienna);
    expect(amountOf(requested, berlin)).toMatchObject({ amountMinor: 3_500 });
    expect(amountOf(requested, berlin)).not.toHaveProperty('shippingMinor');
    const refused = fail(requested, vienna);
    expect(amountOf(refused, berlin)).toMatchObject({ amountMinor: 3_976, shippingMinor: 476 });
    const unknown = fail(requested, vienna, caught('TransientFault', 'No answer.'));
    expect(amountOf(unknown, berlin)).toMatchObject({ amountMinor: 3_500 });
    expect(amountOf(unknown, vienna)).toMatchObject({ amountMinor: 2_476, shippingMinor: 476 });
  });

  it('asks again for the amount of a capture that may have been made, although shipping has become free to take', () => {
    const both = request(request(frozen(), vienna), berlin);
    const captured = failBooking(both, berlin);
    const refused = fail(captured, vienna);
    expect(amountOf(refused, berlin)).toMatchObject({ amountMinor: 3_500 });
    expect(amountOf(refused, vienna)).toMatchObject({ amountMinor: 2_476, shippingMinor: 476 });
  });

  it('twice has the effect of one request', () => {
    const order = request(confirmed(), berlin);
    expect(requestDispatch(order, berlin, now)).toEqual([]);
    expect(requestDispatch(succeed(order, berlin), berlin, now)).toEqual([]);
    const delivered = event('ShipmentDelivered', { shipmentId: berlin, deliveredAt: 'now' });
    expect(requestDispatch(afterwards(succeed(order, berlin), delivered), berlin, now)).toEqual([]);
  });

  it('is refused for a shipment that the order does not have', () => {
    expect(refusalCode(requestDispatch(confirmed(), vienna, now))).toBe('NOT_FOUND');
  });

  it.each([
    ['placed', orderAfter(confirmed().shipments.map((each) => event('ShipmentBooked', shipmentData(each))))],
    ['being cancelled', afterwards(confirmed(), cancellationAsked('confirmed'))],
    ['cancelled', afterwards(confirmed(), event('OrderCancelled', {}))],
    ['held for a review', afterwards(confirmed(), event('OrderHeld', { reason: 'review', detail: 'Odd.' }))],
    [
      'held because its undo is stuck',
      afterwards(
        confirmed(),
        cancellationAsked('confirmed'),
        event('OrderHeld', { reason: 'compensation_failed', detail: 'stuck' }),
      ),
    ],
  ])('is refused for an order that is %s', (_, order) => {
    expect(refusalCode(requestDispatch(order, berlin, now))).toBe('SHIPMENT_NOT_DISPATCHABLE');
  });

  it('is refused for a shipment that was cancelled', () => {
    const data = { shipmentId: berlin, carrierShipmentId: 'cs', trackingCode: 't' };
    const order = afterwards(confirmed(twoWarehouses), event('ShipmentCancelled', data));
    expect(refusalCode(requestDispatch(order, berlin, now))).toBe('SHIPMENT_NOT_DISPATCHABLE');
  });
});

function shipmentData({ status: _status, ...data }: Order['shipments'][number]) {
  return data;
}

describe('a dispatch', () => {
  it('is on record with the capture, in one commit', () => {
    const order = request(confirmed(), berlin);
    const state = dispatchState(order, berlin, { capture: captureOf(order, berlin) });
    expect(recordDispatch(order, state, now)).toEqual([
      event('PaymentCaptured', { ...captureOf(order, berlin), shipmentId: berlin }),
      event('ShipmentDispatched', { shipmentId: berlin, carrier: 'DHL', trackingCode: 'track-berlin' }),
    ]);
  });

  it('that runs a second time records nothing', () => {
    const order = request(confirmed(), berlin);
    const state = dispatchState(order, berlin, { capture: captureOf(order, berlin) });
    expect(recordDispatch(succeed(order, berlin), state, now)).toEqual([]);
  });

  it('of one shipment after the other captures the whole total, no more and no less', () => {
    const first = succeed(request(confirmed(twoWarehouses), vienna), vienna);
    expect([paymentStatusOf(first), fulfillmentStatusOf(first)]).toEqual(['partially_captured', 'partially_shipped']);
    const both = succeed(request(first, berlin), berlin);
    expect(both.payment.capturedMinor).toBe(totals.totalMinor);
    expect([paymentStatusOf(both), fulfillmentStatusOf(both)]).toEqual(['captured', 'shipped']);
  });
});

describe('a dispatch that fails', () => {
  it('because of a refused capture holds the order and the shipment', () => {
    const order = request(confirmed(), berlin);
    const state = dispatchState(order, berlin, { failure: caught('PAYMENT_CAPTURE_REFUSED', 'No funds.') });
    expect(holdDispatch(order, state)).toEqual([
      event('PaymentCaptureFailed', { shipmentId: berlin, code: 'PAYMENT_CAPTURE_REFUSED', detail: 'No funds.' }),
      event('OrderHeld', {
        reason: 'capture_failed',
        detail: `Shipment ${berlin} is held: No funds.`,
        shipmentId: berlin,
      }),
    ]);
    expect(statusOf(fail(order, berlin), berlin)).toBe('booked');
  });

  it('because of a fault does not repeat the message of the fault', () => {
    const order = request(confirmed(), berlin);
    const decision = holdDispatch(order, dispatchState(order, berlin, { failure: caught('Error', 'at 10.0.0.1') }));
    expect(eventsOf(decision)[0]).toMatchObject({ data: { code: 'PAYMENT_UNAVAILABLE' } });
    expect(JSON.stringify(decision)).not.toContain('10.0.0.1');
  });

  it('because of a fault of the configuration names the configuration in the hold', () => {
    const order = request(confirmed(), berlin);
    const failure = caught('ConfigurationFault', 'secret arn:aws:x cannot be read');
    const decision = holdDispatch(order, dispatchState(order, berlin, { failure }));
    expect(eventsOf(decision)).toMatchObject([
      { type: 'PaymentCaptureFailed', data: { code: 'PAYMENT_UNAVAILABLE' } },
      { type: 'OrderHeld', data: { reason: 'capture_failed', detail: expect.stringContaining('configuration') } },
    ]);
    expect(JSON.stringify(decision)).not.toContain('could not be reached');
    expect(JSON.stringify(decision)).not.toContain('arn:aws');
  });

  it('after the capture keeps the money on record and the shipment handed over', () => {
    const order = failBooking(request(confirmed(), berlin), berlin);
    expect(order).toMatchObject({ status: 'on_hold', hold: { reason: 'dispatch_failed', shipmentId: berlin } });
    expect(order.payment.capturedMinor).toBe(totals.totalMinor);
    expect(statusOf(order, berlin)).toBe('dispatch_requested');
  });

  it.each([
    ['capture', fail(request(confirmed(), berlin), berlin)],
    ['booking out', failBooking(request(confirmed(), berlin), berlin)],
  ])('at its %s can be requested again, which ends the hold', (_, order) => {
    expect(types(requestDispatch(order, berlin, now))).toEqual(['OrderResumed', 'DispatchRequested']);
    const again = request(order, berlin);
    expect(requestDispatch(again, berlin, now)).toEqual([]);
    const done = succeed(again, berlin);
    expect(done.status).toBe('confirmed');
    expect(done.payment.capturedMinor).toBe(totals.totalMinor);
  });

  it('in a late second run does not touch a shipment that a first run dispatched', () => {
    const order = succeed(request(confirmed(), berlin), berlin);
    const failure = caught('TransientFault', '');
    expect(holdDispatch(order, dispatchState(order, berlin, { failure }))).toEqual([]);
    const state = dispatchState(order, berlin, { failure, capture: captureOf(order, berlin) });
    expect(holdDispatch(order, state)).toEqual([]);
  });

  it('twice is on record once', () => {
    for (const order of [
      fail(request(confirmed(), berlin), berlin),
      failBooking(request(confirmed(), berlin), berlin),
    ]) {
      const state = { failure: caught('PAYMENT_CAPTURE_REFUSED', '') };
      expect(holdDispatch(order, dispatchState(order, berlin, state))).toEqual([]);
      expect(
        holdDispatch(order, dispatchState(order, berlin, { ...state, capture: captureOf(order, berlin) })),
      ).toEqual([]);
    }
  });

  it('is superseded by a second run that succeeds', () => {
    const order = fail(request(confirmed(), berlin), berlin);
    const state = dispatchState(order, berlin, { capture: captureOf(order, berlin) });
    expect(types(recordDispatch(order, state, now))).toEqual(['OrderResumed', 'PaymentCaptured', 'ShipmentDispatched']);
  });

  it('is not superseded by a second run once the order is being cancelled', () => {
    const order = afterwards(fail(request(confirmed(), berlin), berlin), cancelling, cancellationAsked('on_hold'));
    const state = dispatchState(order, berlin, { capture: captureOf(order, berlin) });
    expect(recordDispatch(order, state, now)).toMatchObject({ refused: { code: 'ORDER_ENDED' } });
    expect(holdDispatch(order, state)).toEqual([]);
  });

  it.each([
    ['cancelled', afterwards(confirmed(), event('OrderCancelled', {}))],
    [
      'held for a review',
      afterwards(request(confirmed(), berlin), event('OrderHeld', { reason: 'review', detail: '' })),
    ],
    ['rejected', orderAfter([declined], [event('OrderRejected', { code: 'X', detail: '' })])],
  ])('does not hold an order that is %s', (_, order) => {
    const known = request(confirmed(), berlin);
    expect(holdDispatch(order, dispatchState(known, berlin, { failure: caught('X', '') }))).toEqual([]);
  });
});

describe('of two shipments under way', () => {
  const bothRequested = () => request(request(confirmed(twoWarehouses), berlin), vienna);

  it('the success of one does not hide the failure of the other', () => {
    const order = succeed(fail(bothRequested(), berlin), vienna);
    expect(order).toMatchObject({ status: 'on_hold', hold: { shipmentId: berlin } });
    expect(statusOf(order, vienna)).toBe('dispatched');
    expect(order.payment.capturedShipments).toEqual([vienna]);
  });

  it('the failure of the second is on record although the first holds the order already', () => {
    const order = fail(fail(bothRequested(), berlin), vienna);
    expect(order.shipments.map(({ status }) => status)).toEqual(['booked', 'booked']);
  });

  it.each([
    ['capture', fail],
    ['booking out', failBooking],
  ])('neither is stuck when both fail at their %s: the hold ends when both were requested again', (_, failed) => {
    const order = failed(failed(bothRequested(), berlin), vienna);
    const one = request(order, vienna);
    expect(one.status).toBe('on_hold');
    expect(types(requestDispatch(one, berlin, now))).toEqual(['OrderResumed', 'DispatchRequested']);
    const both = succeed(succeed(request(one, berlin), vienna), berlin);
    expect([both.status, both.payment.capturedMinor]).toEqual(['confirmed', totals.totalMinor]);
  });

  it('one can be dispatched while the other is on hold for its capture', () => {
    const order = fail(request(confirmed(twoWarehouses), berlin), berlin);
    expect(types(requestDispatch(order, vienna, now))).toEqual(['DispatchRequested']);
    const left = succeed(request(order, vienna), vienna);
    expect(left.status).toBe('on_hold');
    expect(succeed(request(left, berlin), berlin).status).toBe('confirmed');
  });

  it('a second failure after a new request holds the order again', () => {
    const order = fail(request(fail(request(confirmed(), berlin), berlin), berlin), berlin);
    expect(order).toMatchObject({ status: 'on_hold', hold: { reason: 'capture_failed' } });
    expect(eventsOf(requestDispatch(order, berlin, now))).toContainEqual(resumed);
  });
});

describe('the amount of each shipment', () => {
  const line = fc.record({
    unitPriceMinor: fc.integer({ min: 0, max: 1_000_000 }),
    quantity: fc.integer({ min: 1, max: 99 }),
  });
  const orders = fc.record({
    lines: fc.array(line, { minLength: 1, maxLength: 10 }),
    totalMinor: fc.integer({ min: 0, max: 999_999_999_999 }),
    shipments: fc.integer({ min: 1, max: 6 }),
  });

  /** Spreads the units of every line over the shipments, one after the other. */
  function spread({
    lines,
    totalMinor,
    shipments,
  }: {
    lines: { unitPriceMinor: number; quantity: number }[];
    totalMinor: number;
    shipments: number;
  }) {
    const content = Array.from({ length: shipments }, (_, index) => ({
      lines: lines.map(({ quantity }, position) => ({
        lineId: `${position}`,
        quantity: Math.floor((quantity + index) / shipments),
      })),
    }));
    const order = {
      lines: lines.map((each, position) => ({
        ...each,
        lineId: `${position}`,
        sku: '',
        title: '',
        totalMinor: 0,
        weightGrams: 0,
      })),
      totals: { ...totals, totalMinor },
      currency: 'EUR',
    };
    return { order, content };
  }

  it('adds up to the total of the order exactly', () => {
    fc.assert(
      fc.property(orders, (drawn) => {
        const { order, content } = spread(drawn);
        const amounts = shipmentAmounts(order, content);
        expect(amounts).toHaveLength(drawn.shipments);
        expect(amounts.reduce((sum, each) => sum + each, 0)).toBe(drawn.totalMinor);
        for (const amount of amounts) expect(amount >= 0 && Number.isSafeInteger(amount)).toBe(true);
      }),
    );
  });

  it('differs from the exact share by less than one minor unit', () => {
    fc.assert(
      fc.property(orders, (drawn) => {
        const { order, content } = spread(drawn);
        const worth = content.map(({ lines }) =>
          lines.reduce(
            (sum, { quantity }, position) => sum + quantity * (order.lines[position]?.unitPriceMinor ?? 0),
            0,
          ),
        );
        const all = worth.reduce((sum, each) => sum + each, 0);
        fc.pre(all > 0);
        for (const [index, amount] of shipmentAmounts(order, content).entries()) {
          expect(Math.abs(amount - (drawn.totalMinor * (worth[index] ?? 0)) / all)).toBeLessThan(1.001);
        }
      }),
    );
  });

  it('is the whole total for the first one when the goods are free', () => {
    expect(shipmentAmounts({ lines: [], totals, currency: 'EUR' }, [{ lines: [] }, { lines: [] }])).toEqual([
      totals.totalMinor,
      0,
    ]);
  });
});
