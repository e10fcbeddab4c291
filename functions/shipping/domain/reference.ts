import { orderIdPattern, shipmentIdPattern } from '../../shared/kernel/ids.ts';

/**
 * What the carrier gateway keeps with a shipment of ours. It names the order too, so that a report about a parcel leads back
 * to both. It does not begin with `shp_`, as the gateway's own ids do: where an id or a reference may stand, it could not be
 * told from an id otherwise.
 */
export function referenceOf({
  orderId,
  shipmentId,
}: {
  readonly orderId: string;
  readonly shipmentId: string;
}): string {
  return `${orderId}-${shipmentId}`;
}

export function readReference(reference: string): { orderId: string; shipmentId: string } | undefined {
  const [orderId = '', shipmentId = '', ...rest] = reference.split('-');
  const ours = rest.length === 0 && orderIdPattern.test(orderId) && shipmentIdPattern.test(shipmentId);
  return ours ? { orderId, shipmentId } : undefined;
}
