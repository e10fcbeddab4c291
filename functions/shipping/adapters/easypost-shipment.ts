import * as z from 'zod/mini';
import { TransientFault } from '../../shared/kernel/faults.ts';
import { referenceOf } from '../domain/reference.ts';
import type { BookedShipment, BookingRequest, Offer, Recipient } from '../domain/shipment.ts';
import { toOunces } from '../domain/weight.ts';
import type { Sender } from './senders.ts';

const id = z.string().check(z.minLength(1));

const rate = z.object({
  id,
  carrier: z.string(),
  service: z.string(),
  /** A decimal number. */
  rate: z.string(),
  currency: z.string(),
});
export type Rate = z.output<typeof rate>;

/**
 * The fields of EasyPost's shipment that are used here. Those about the label are null until the label is bought; an answer
 * that leaves them out does not say whether it is.
 */
const easypostShipment = z.object({
  object: z.literal('Shipment'),
  id,
  reference: z.nullable(z.string()),
  tracking_code: z.nullable(z.string()),
  postage_label: z.nullable(z.object({ label_url: z.string() })),
  selected_rate: z.nullable(rate),
  rates: z.array(rate),
  refund_status: z.nullable(z.string()),
});
export type EasypostShipment = z.output<typeof easypostShipment>;

/** What identifies the shipment that a request is about. */
export interface ExpectedShipment {
  /** EasyPost's id; absent for a shipment that the request creates. */
  readonly id?: string;
  /** The reference that the request gives to the shipment. */
  readonly reference?: string;
}

/**
 * The shipment in an answer.
 *
 * @throws TransientFault when the answer is not a shipment, or is another one than expected.
 */
export function readShipment(answer: unknown, expected: ExpectedShipment): EasypostShipment {
  const parsed = z.safeParse(easypostShipment, answer);
  // The parser's own message may quote an address.
  if (!parsed.success) throw new TransientFault('carrier gateway: the answer is not a shipment');
  const shipment = parsed.data;
  const { id = shipment.id, reference = shipment.reference } = expected;
  if (shipment.id !== id || shipment.reference !== reference) {
    throw new TransientFault('carrier gateway: the answer is about another shipment');
  }
  return shipment;
}

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
  const offered = shipment.rates.filter((each) => service === '' || each.service === service);
  return offered.reduce<Rate | undefined>(
    (best, each) => (best === undefined || Number(each.rate) < Number(best.rate) ? each : best),
    undefined,
  );
}

/**
 * The label that was bought; undefined before the purchase.
 *
 * @throws TransientFault when the answer has some of a label's fields only.
 */
export function boughtLabel(shipment: EasypostShipment): BookedShipment | undefined {
  const { id, tracking_code: trackingCode, postage_label: label, selected_rate: selected } = shipment;
  if (trackingCode === null && label === null && selected === null) return undefined;
  if (!trackingCode || !label?.label_url || !selected) {
    throw new TransientFault('carrier gateway: the answer has a part of a label');
  }
  return {
    carrier: selected.carrier,
    service: selected.service,
    trackingCode,
    carrierShipmentId: id,
  };
}

/** True when the label was bought at the rate of the offer. */
export function isBoughtAt({ selected_rate: selected, rates }: EasypostShipment, { rateId, price }: Offer): boolean {
  if (selected === null) return false;
  const offered = rates.find((each) => each.id === rateId) ?? selected;
  const wanted = price ?? { amount: offered.rate, currency: offered.currency };
  return (
    selected.carrier === offered.carrier &&
    selected.service === offered.service &&
    selected.currency === wanted.currency &&
    Number(selected.rate) === Number(wanted.amount)
  );
}

/** True when the label is returned to the carrier, or the carrier has accepted the request to return it. */
export function isRefunded({ refund_status: status }: EasypostShipment): boolean {
  return status === 'submitted' || status === 'refunded';
}
