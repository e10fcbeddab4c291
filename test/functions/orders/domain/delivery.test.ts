import { describe, expect, it } from 'vitest';
import { recordDelivery, reportedDelivery } from '../../../../functions/orders/domain/decide-delivery.ts';
import { fulfillmentStatusOf, type Order } from '../../../../functions/orders/domain/order.ts';
import {
  afterwards,
  berlin,
  confirmed,
  event,
  eventsOf,
  orderAfter,
  refusalCode,
  twoWarehouses,
  vienna,
} from '../given.ts';

const at = '2026-11-24T12:00:00.000Z';
const dispatched = (order: Order, ...ids: string[]) =>
  afterwards(
    order,
    ...ids.map((shipmentId) => event('ShipmentDispatched', { shipmentId, carrier: 'DHL', trackingCode: 't' })),
  );
const delivered = (shipmentId: string) => event('ShipmentDelivered', { shipmentId, deliveredAt: at });
const deliver = (order: Order, id: string) => afterwards(order, ...eventsOf(recordDelivery(order, id, at)));

describe('a delivery', () => {
  it('of the only shipment completes the order', () => {
    const order = dispatched(confirmed(), berlin);
    expect(recordDelivery(order, berlin, at)).toEqual([delivered(berlin), event('OrderCompleted', {})]);
  });

  it('of one of two shipments is on record, and the last one completes the order', () => {
    const order = dispatched(confirmed(twoWarehouses), berlin, vienna);
    expect(recordDelivery(order, vienna, at)).toEqual([delivered(vienna)]);
    expect(fulfillmentStatusOf(deliver(order, vienna))).toBe('partially_delivered');
    expect(recordDelivery(deliver(order, vienna), berlin, at)).toEqual([
      delivered(berlin),
      event('OrderCompleted', {}),
    ]);
  });

  it('does not wait for a shipment that was cancelled', () => {
    const data = { shipmentId: vienna, carrierShipmentId: 'cs', trackingCode: 't' };
    const order = afterwards(dispatched(confirmed(twoWarehouses), berlin), event('ShipmentCancelled', data));
    expect(deliver(order, berlin).status).toBe('completed');
  });

  it('reported twice is on record once, also after the order is complete', () => {
    const once = deliver(dispatched(confirmed(twoWarehouses), berlin, vienna), berlin);
    expect(recordDelivery(once, berlin, at)).toEqual([]);
    expect(recordDelivery(deliver(once, vienna), vienna, at)).toEqual([]);
  });

  it('is on record while another shipment holds the order', () => {
    const hold = event('OrderHeld', { reason: 'capture_failed', detail: 'No funds.', shipmentId: vienna });
    const order = afterwards(dispatched(confirmed(twoWarehouses), berlin), hold);
    expect(recordDelivery(order, berlin, at)).toEqual([delivered(berlin)]);
    expect(deliver(order, berlin)).toMatchObject({ status: 'on_hold', hold: { shipmentId: vienna } });
  });

  it('that is reported before the dispatch is on record is kept, once', () => {
    const reported = event('DeliveryReported', { shipmentId: berlin, deliveredAt: at });
    expect(recordDelivery(confirmed(), berlin, at)).toEqual([reported]);
    const order = deliver(confirmed(twoWarehouses), berlin);
    expect(recordDelivery(order, berlin, at)).toEqual([]);
    expect(recordDelivery(order, vienna, at)).toMatchObject([{ type: 'DeliveryReported' }]);
  });

  it('that was kept follows the dispatch, and completes the order when it is the last one', () => {
    const both = deliver(deliver(confirmed(twoWarehouses), berlin), vienna);
    expect(reportedDelivery(both, berlin, true)).toEqual([delivered(berlin)]);
    const last = afterwards(dispatched(both, berlin, vienna), delivered(berlin));
    expect(reportedDelivery(last, vienna, true)).toEqual([delivered(vienna), event('OrderCompleted', {})]);
    expect(reportedDelivery(last, vienna, false)).toEqual([delivered(vienna)]);
    expect(reportedDelivery(confirmed(), berlin, true)).toEqual([]);
  });

  it('is kept before the booking is on record, and refused once the order has ended', () => {
    expect(recordDelivery(orderAfter(), berlin, at)).toMatchObject([{ type: 'DeliveryReported' }]);
    const rejected = orderAfter([event('OrderRejected', { code: 'OUT_OF_STOCK', detail: 'Sold out.' })]);
    expect(refusalCode(recordDelivery(rejected, berlin, at))).toBe('NOT_FOUND');
  });

  it('of a cancelled shipment is refused permanently', () => {
    const data = { shipmentId: vienna, carrierShipmentId: 'cs', trackingCode: 't' };
    const order = afterwards(confirmed(twoWarehouses), event('ShipmentCancelled', data));
    expect(refusalCode(recordDelivery(order, vienna, at))).toBe('SHIPMENT_CANCELLED');
  });

  it('of a shipment that the order does not have is refused', () => {
    expect(refusalCode(recordDelivery(confirmed(), vienna, at))).toBe('NOT_FOUND');
  });
});
