import { orderIdPattern, shipmentIdPattern } from '../../../api/patterns.ts';

/**
 * The reference under which the carrier gateway stores a shipment. It contains the ids of the order and of the shipment, so
 * that a report about a parcel identifies both. It must not begin with `shp_`, as the gateway's ids do: some parameters of
 * the gateway accept either an id or a reference.
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

/** The ids in a reference; undefined when the reference is not of this system. */
export function readReference(reference: string): { orderId: string; shipmentId: string } | undefined {
  const [orderId = '', shipmentId = '', ...rest] = reference.split('-');
  const isValid = rest.length === 0 && orderIdPattern.test(orderId) && shipmentIdPattern.test(shipmentId);
  return isValid ? { orderId, shipmentId } : undefined;
}
