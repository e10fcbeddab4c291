import type { deliveryRecorder } from '../../orders/commands/order-commands.ts';
import type { Origin } from '../../orders/domain/commit.ts';
import { TransientFault } from '../../shared/kernel/faults.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import type { DeliveryReport } from '../../shipping/adapters/easypost-event.ts';
import type { CarrierGateway } from '../../shipping/commands/carrier-gateway.ts';

/**
 * Records a delivery on the order that the parcel belongs to; once recorded, a second report changes nothing.
 *
 * @throws TransientFault when the order does not know yet that the parcel left: the gateway reports again later.
 */
export function deliveryWatch(deps: {
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
    // A parcel that was cancelled and travelled nevertheless is somebody's question to the carrier; asking again answers nothing.
    if (order.refused.code !== 'NOT_DISPATCHED_YET') return { outcome: 'ignored', orderId };
    throw new TransientFault(`order ${orderId}: ${order.refused.detail}`);
  };
}
