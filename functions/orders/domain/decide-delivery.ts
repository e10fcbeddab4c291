import type { OrderEvent } from '../../../events/catalog.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { Decision } from './decision.ts';
import type { Order } from './order.ts';

/**
 * Records that the carrier delivered a shipment, and completes the order when no other shipment is outstanding. No events
 * when the delivery is on record already.
 */
export function recordDelivery(
  order: Order,
  shipmentId: string,
  deliveredAt: string,
): Decision<'NOT_FOUND' | 'NOT_DISPATCHED_YET' | 'SHIPMENT_CANCELLED'> {
  const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
  if (shipment === undefined) return refuse('NOT_FOUND', 'The order has no such shipment.');
  if (shipment.status === 'delivered') return [];
  if (shipment.status === 'cancelled') return refuse('SHIPMENT_CANCELLED', 'The shipment is cancelled.');
  if (shipment.status !== 'dispatched') {
    return refuse('NOT_DISPATCHED_YET', `The shipment is ${shipment.status}.`);
  }
  const delivered: OrderEvent = { type: 'ShipmentDelivered', version: 1, data: { shipmentId, deliveredAt } };
  const complete = order.shipments.every(
    (each) => each.shipmentId === shipmentId || each.status === 'delivered' || each.status === 'cancelled',
  );
  return complete && order.status === 'confirmed'
    ? [delivered, { type: 'OrderCompleted', version: 1, data: {} }]
    : [delivered];
}
