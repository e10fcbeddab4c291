import type { deliveryRecorder } from '../../orders/adapters/order-commands.ts';
import type { Origin } from '../../orders/domain/commit.ts';
import { TransientFault } from '../../shared/kernel/faults.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { CarrierGateway } from '../domain/carrier-gateway.ts';
import type { DeliveryReport } from './easypost-event.ts';

/**
 * Records a reported delivery in the order that the parcel belongs to. A second report changes nothing.
 *
 * @returns `ignored` when the parcel is not of this system, or its shipment cannot be delivered, such as a cancelled one.
 * @throws TransientFault when the dispatch of the parcel is not on record yet; the gateway reports again later.
 */
export function recordReportedDelivery(deps: {
  readonly gateway: Pick<CarrierGateway, 'identify'>;
  readonly recordDelivery: ReturnType<typeof deliveryRecorder>;
}) {
  return async (
    { carrierShipmentId, deliveredAt }: DeliveryReport,
    origin: Origin,
  ): Promise<{ outcome: 'recorded' | 'ignored'; orderId?: string }> => {
    const parcel = await deps.gateway.identify(carrierShipmentId);
    if (parcel === undefined) return { outcome: 'ignored' };
    const { orderId, shipmentId } = parcel;
    const order = await deps.recordDelivery(orderId, shipmentId, deliveredAt, origin);
    if (!isRefusal(order)) return { outcome: 'recorded', orderId };
    // A cancelled parcel that was delivered nevertheless has to be clarified with the carrier. A repeated report does not
    // help.
    if (order.refused.code !== 'NOT_DISPATCHED_YET') return { outcome: 'ignored', orderId };
    throw new TransientFault(`order ${orderId}: ${order.refused.detail}`);
  };
}
