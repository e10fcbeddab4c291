import { type Order, type OrderCommands, type Origin, recordDelivery } from '../../orders/index.ts';
import { isRefusal, type Refusal } from '../../shared/kernel/refusal.ts';
import { logger } from '../../shared/logging.ts';
import type { CarrierGateway, DeliveryReport } from '../../shipping/index.ts';

type Outcome = 'recorded' | 'kept' | 'refused' | 'ignored';

/**
 * Records a reported delivery on the order that the parcel belongs to. A second report of the same delivery changes nothing.
 *
 * @returns `kept` while the parcel's dispatch is not on record: the delivery is recorded with the dispatch. `refused` when
 *   the shipment is cancelled or the order has ended; a person has to clear it with the carrier. `ignored` for a parcel that
 *   is of no order here.
 */
export function deliveryRecorder(deps: {
  readonly gateway: Pick<CarrierGateway, 'identify'>;
  readonly orders: Pick<OrderCommands, 'decide'>;
}) {
  return async (
    { carrierShipmentId, deliveredAt }: DeliveryReport,
    origin: Origin,
  ): Promise<{ outcome: Outcome; orderId?: string }> => {
    const parcel = await deps.gateway.identify(carrierShipmentId);
    if (parcel === undefined) return { outcome: 'ignored' };
    const { orderId, shipmentId } = parcel;
    const order = await deps.orders.decide(orderId, origin, (current) =>
      recordDelivery(current, shipmentId, deliveredAt),
    );
    const outcome = outcomeFor(order, shipmentId);
    if (outcome !== 'recorded') logger.warn('delivery not recorded', { orderId, shipmentId, outcome });
    return { outcome, orderId };
  };
}

function outcomeFor(order: Order | Refusal, shipmentId: string): Outcome {
  if (isRefusal(order)) return order.refused.code === 'NOT_FOUND' ? 'ignored' : 'refused';
  const shipment = order.shipments.find((each) => each.shipmentId === shipmentId);
  return shipment?.status === 'delivered' ? 'recorded' : 'kept';
}
