import * as z from 'zod/mini';
import { referenceOf } from '../domain/reference.ts';
import type { BookedShipment, BookingRequest, Recipient } from '../domain/shipment.ts';
import { toOunces } from '../domain/weight.ts';
import type { Sender } from './senders.ts';

const rate = z.object({ id: z.string(), carrier: z.string(), service: z.string(), rate: z.string() });
export type Rate = z.output<typeof rate>;

/** The fields of EasyPost's shipment that are used here. Those about the label are null until the label is bought. */
export const easypostShipment = z.object({
  id: z.string(),
  reference: z.optional(z.nullable(z.string())),
  tracking_code: z.optional(z.nullable(z.string())),
  postage_label: z.optional(z.nullable(z.object({ label_url: z.string() }))),
  selected_rate: z.optional(z.nullable(rate)),
  rates: z.optional(z.nullable(z.array(rate))),
  refund_status: z.optional(z.nullable(z.string())),
});
export type EasypostShipment = z.output<typeof easypostShipment>;

/** The parameters of a new shipment. Omits `carrier_accounts` when `carrierAccount` is empty. */
export function shipmentParams(request: BookingRequest, sender: Sender, carrierAccount: string): object {
  return {
    reference: referenceOf(request),
    to_address: toAddress(request.to),
    from_address: fromAddress(sender),
    parcel: { weight: toOunces(request.weightGrams) },
    // Printed on the label, to identify the parcel in the warehouse.
    options: { label_format: 'PDF', print_custom_1: request.orderId },
    ...(carrierAccount === '' ? {} : { carrier_accounts: [carrierAccount] }),
  };
}

function toAddress({ address, contact }: Recipient): object {
  return { ...addressParams(address), email: contact.email, phone: contact.phone };
}

function fromAddress(sender: Sender): object {
  return { ...addressParams(sender), email: sender.email, phone: sender.phone };
}

function addressParams({ name, line1, line2, city, region, postalCode, country }: Recipient['address']): object {
  return { name, street1: line1, street2: line2, city, state: region, zip: postalCode, country };
}

/** The cheapest rate of a service, or of all services when `service` is empty; undefined when none is offered. */
export function rateToBuy(shipment: EasypostShipment, service: string): Rate | undefined {
  const offered = (shipment.rates ?? []).filter((each) => service === '' || each.service === service);
  return offered.reduce<Rate | undefined>(
    (best, each) => (best === undefined || Number(each.rate) < Number(best.rate) ? each : best),
    undefined,
  );
}

/** The label that was bought; undefined before the purchase. */
export function boughtLabel(shipment: EasypostShipment): BookedShipment | undefined {
  const { id, tracking_code: trackingCode, postage_label: label, selected_rate: selected } = shipment;
  if (!trackingCode || !label || !selected) return undefined;
  return {
    carrier: selected.carrier,
    service: selected.service,
    trackingCode,
    carrierShipmentId: id,
  };
}

/** True when the label is returned to the carrier, or the carrier has accepted the request to return it. */
export function isRefunded({ refund_status: status }: EasypostShipment): boolean {
  return status === 'submitted' || status === 'refunded';
}
