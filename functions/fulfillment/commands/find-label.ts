import { orderIdPattern } from '../../../api/patterns.ts';
import type { OrderCommands } from '../../orders/index.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { CarrierGateway, Label } from '../../shipping/index.ts';

/** Fetches the label of a shipment from the carrier by the id that the order's log has. */
export function labelFinder(deps: {
  readonly orders: Pick<OrderCommands, 'load'>;
  readonly gateway: Pick<CarrierGateway, 'label'>;
}) {
  return async (orderId: string, shipmentId: string): Promise<Label | Refusal<'NOT_FOUND'>> => {
    const order = orderIdPattern.test(orderId) ? await deps.orders.load(orderId) : undefined;
    const shipment = order?.shipments.find((each) => each.shipmentId === shipmentId);
    if (shipment === undefined) return refuse('NOT_FOUND', 'There is no such shipment.');
    if (shipment.digital) return refuse('NOT_FOUND', 'The shipment is digital and has no label.');
    // Its label was returned to the carrier, which does not take a parcel with it.
    if (shipment.status === 'cancelled') return refuse('NOT_FOUND', 'The shipment is cancelled.');
    const label = await deps.gateway.label(shipment.carrierShipmentId);
    return label ?? refuse('NOT_FOUND', 'The carrier has no label of the shipment any more.');
  };
}
