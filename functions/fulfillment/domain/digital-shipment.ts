import type { OrderEvent } from '../../../events/catalog.ts';
import { digitalLines, type Order, orderWith, requestDispatch } from '../../orders/index.ts';
import { shipmentIdFor } from '../../shared/kernel/ids.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { shipmentAmounts } from './shipment-amounts.ts';

/** The location and the carrier of a shipment that is delivered without either. */
const nowhere = 'digital';
/** In place of a location in the id of the shipment. No location can have this name. */
const idKey = '(digital)';

/**
 * The events that confirm an order. Its digital lines become a shipment of their own, whose dispatch is requested in the same
 * commit, so that nothing else has to happen before they are paid for and delivered.
 *
 * @param achieved the events of the completed steps.
 */
export function confirmation(order: Order, achieved: readonly OrderEvent[]): OrderEvent[] {
  const confirmed: OrderEvent = { type: 'OrderConfirmed', version: 1, data: {} };
  const lines = digitalLines(order.lines).map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
  if (lines.length === 0) return [...achieved, confirmed];
  const shipmentId = shipmentIdFor(order.orderId, idKey);
  const [amountMinor = 0] = shipmentAmounts(order, [{ lines }]);
  const names = { location: nowhere, carrier: nowhere, service: nowhere, trackingCode: '', carrierShipmentId: '' };
  const data = { shipmentId, ...names, lines, amountMinor, digital: true as const };
  const events: OrderEvent[] = [...achieved, { type: 'ShipmentBooked', version: 2, data }, confirmed];
  const dispatch = requestDispatch(orderWith(order, events), shipmentId, order.updatedAt);
  if (isRefusal(dispatch)) throw new Error(`order ${order.orderId}: its digital lines cannot be dispatched`);
  return [...events, ...dispatch];
}
