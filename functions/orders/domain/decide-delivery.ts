import type { OrderEvent } from '../../../events/catalog.ts';
import { refuse } from '../../shared/kernel/refusal.ts';
import type { Decision } from './decision.ts';
import type { Order } from './order.ts';

/**
 * Records that the carrier delivered a shipment, and completes the order when no other shipment is outstanding. A report
 * that comes before the dispatch is on record is kept as DeliveryReported. No events when the report is on record already.
 */
export function recordDelivery(
  order: Order,
  shipmentId: string,
  deliveredAt: string,
): Decision<'NOT_FOUND' | 'SHIPMENT_CANCELLED' | 'ORDER_ENDED'> {
  const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
  if (shipment === undefined && !isBeingBooked(order)) return refuse('NOT_FOUND', 'The order has no such shipment.');
  if (shipment?.status === 'delivered') return [];
  if (shipment?.status === 'cancelled') return refuse('SHIPMENT_CANCELLED', 'The shipment is cancelled.');
  if (shipment?.status === 'dispatched')
    return deliveryOf(order, shipmentId, deliveredAt, order.status === 'confirmed');
  if (order.status !== 'placed' && order.status !== 'confirmed' && order.status !== 'on_hold') {
    return refuse('ORDER_ENDED', `The order is ${order.status}.`);
  }
  if (reportOf(order, shipmentId) !== undefined) return [];
  return [{ type: 'DeliveryReported', version: 1, data: { shipmentId, deliveredAt } }];
}

/**
 * The events that follow the dispatch of a shipment whose delivery was reported before it; none without such a report.
 *
 * @param confirmed true when the order is not on hold after the dispatch.
 */
export function reportedDelivery(order: Order, shipmentId: string, confirmed: boolean): readonly OrderEvent[] {
  const report = reportOf(order, shipmentId);
  return report === undefined ? [] : deliveryOf(order, shipmentId, report.deliveredAt, confirmed);
}

/**
 * The delivery of a dispatched shipment, and with the last one the end of the order.
 *
 * @param confirmed true when the order is not on hold.
 */
export function deliveryOf(
  order: Order,
  shipmentId: string,
  deliveredAt: string,
  confirmed: boolean,
): readonly OrderEvent[] {
  const complete = order.shipments.every(
    (each) => each.shipmentId === shipmentId || each.status === 'delivered' || each.status === 'cancelled',
  );
  return [
    { type: 'ShipmentDelivered', version: 1, data: { shipmentId, deliveredAt } },
    ...(complete && confirmed ? [{ type: 'OrderCompleted', version: 1, data: {} } as const] : []),
  ];
}

/** True while the order's saga may have bought labels that are not on record yet. */
function isBeingBooked(order: Order): boolean {
  return order.status === 'placed' || (order.status === 'on_hold' && order.held.status === 'placed');
}

function reportOf({ deliveryReports = [] }: Order, shipmentId: string) {
  return deliveryReports.find((each) => each.shipmentId === shipmentId);
}
