import { type OrderCommands, type Origin, recordDelivery } from '../../orders/index.ts';
import { TransientFault } from '../../shared/kernel/faults.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { CarrierGateway, DeliveryReport } from '../../shipping/index.ts';

/**
 * Records a reported delivery on the order that the parcel belongs to. A second report of the same delivery changes nothing.
 *
 * @throws TransientFault when the parcel's dispatch is not on record yet; the gateway repeats its report later.
 */
export function deliveryRecorder(deps: {
  readonly gateway: Pick<CarrierGateway, 'identify'>;
  readonly orders: Pick<OrderCommands, 'decide'>;
}) {
  return async (
    { carrierShipmentId, deliveredAt }: DeliveryReport,
    origin: Origin,
  ): Promise<{ outcome: 'recorded' | 'ignored'; orderId?: string }> => {
    const parcel = await deps.gateway.identify(carrierShipmentId);
    if (parcel === undefined) return { outcome: 'ignored' };
    const { orderId, shipmentId } = parcel;
    const order = await deps.orders.decide(orderId, origin, (current) =>
      recordDelivery(current, shipmentId, deliveredAt),
    );
    if (!isRefusal(order)) return { outcome: 'recorded', orderId };
    // A delivered shipment that had been cancelled needs a person to clear it with the carrier; repeating the report
    // does not help.
    if (order.refused.code !== 'NOT_DISPATCHED_YET') return { outcome: 'ignored', orderId };
    throw new TransientFault(`order ${orderId}: ${order.refused.detail}`);
  };
}
