import { describe, expect, it } from 'vitest';
import { recordDelivery } from '../../../../functions/orders/domain/decide-delivery.ts';
import { fulfillmentStatusOf, type Order } from '../../../../functions/orders/domain/order.ts';
import { afterwards, berlin, confirmed, event, eventsOf, refusalCode, twoWarehouses, vienna } from '../given.ts';

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

  it('is refused before the dispatch is on record, so that it is reported again', () => {
    expect(refusalCode(recordDelivery(confirmed(), berlin, at))).toBe('NOT_DISPATCHED_YET');
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
