import type { OrderResource } from '../../api/orders.ts';
import type { OrderEvent } from '../../events/catalog.ts';
import type { Parcel } from '../../functions/sandbox/domain/parcel.ts';
import type { Payment } from '../../functions/sandbox/domain/payment.ts';
import type { Shop } from './orders.ts';

/** An event of an order's log with its position. */
export type LoggedEvent = OrderEvent & { readonly sequence: number; readonly index: number; readonly actor: string };

/** The records of one order: its log and the gateways' books. */
export interface Ledger {
  readonly order: OrderResource;
  readonly events: readonly LoggedEvent[];
  readonly payments: readonly Payment[];
  readonly parcels: readonly Parcel[];
}

/** @param all the gateways' books, if they have been read already. */
export async function ledgerOf(
  shop: Shop,
  orderId: string,
  all?: Pick<Ledger, 'payments' | 'parcels'>,
): Promise<Ledger> {
  const [order, events, books] = await Promise.all([
    shop.order(orderId),
    shop.events(orderId),
    all ?? shop.books(orderId),
  ]);
  const ours = (entry: { readonly orderId: string }) => entry.orderId === orderId;
  const [payments, parcels] = [books.payments.filter(ours), books.parcels.filter(ours)];
  return { order, events: events as unknown as LoggedEvent[], payments, parcels };
}

export function dataOf<Type extends OrderEvent['type']>(
  { events }: Pick<Ledger, 'events'>,
  type: Type,
): Extract<OrderEvent, { type: Type }>['data'][] {
  return events.filter((event) => event.type === type).map((event) => event.data) as never;
}

/**
 * The outcome that the gateways' books and the stock must agree with: nothing may be left of the order; it is confirmed and
 * everything must exist exactly once; or it is undecided and nothing may exist twice.
 */
export function outcomeOf({ order, events }: Pick<Ledger, 'order' | 'events'>): 'undone' | 'stands' | 'undecided' {
  if (order.status === 'rejected' || order.status === 'cancelled') return 'undone';
  if (order.hold?.reason === 'compensation_failed') return 'undecided';
  const confirmed = events.findLastIndex(({ type }) => type === 'OrderConfirmed');
  const wanted = events.findLastIndex(({ type }) => type === 'CancellationRequested');
  return confirmed >= 0 && wanted < confirmed ? 'stands' : 'undecided';
}

export interface Leniency {
  /**
   * Two runs of the saga ran at the same time: effects that one run undid after the other had ended the order are in the
   * gateways' books and not in the log.
   */
  readonly overlapping?: boolean;
}

/** Contradictions between the log, the gateways' books and the invariants; empty when there are none. */
export function contradictionsIn(ledger: Ledger, { overlapping = false }: Leniency = {}): string[] {
  const about = `${ledger.order.orderId} (${ledger.order.status})`;
  const unlogged = overlapping || outcomeOf(ledger) !== 'undone' ? [] : unloggedRefunds(ledger);
  return [...logFindings(ledger), ...moneyFindings(ledger), ...parcelFindings(ledger), ...unlogged].map(
    (finding) => `${about}: ${finding}`,
  );
}

/** Events that happen to an order at most once. */
const once: readonly OrderEvent['type'][] = [
  'OrderPlaced',
  'StockReserved',
  'PaymentAuthorized',
  'OrderConfirmed',
  'OrderRejected',
  'OrderCancelled',
  'OrderCompleted',
];
/** Events that happen to a shipment at most once. */
const oncePerShipment = ['ShipmentBooked', 'ShipmentDispatched', 'PaymentCaptured', 'ShipmentCancelled'] as const;

/** The charge for shipping with its tax, which is captured with the first parcel that leaves. */
export function shippingOf({ totals, taxIncluded }: OrderResource): number {
  return totals.shippingMinor + (taxIncluded ? 0 : (totals.shippingTaxMinor ?? 0));
}

function logFindings(ledger: Ledger): string[] {
  const { order, events } = ledger;
  // An authorization for what is still to be captured is an authorization of its own.
  const count = (type: OrderEvent['type']) =>
    type === 'PaymentAuthorized'
      ? dataOf(ledger, type).filter(({ purpose }) => purpose !== 'renewal').length
      : dataOf(ledger, type).length;
  const found = once.filter((type) => count(type) > 1).map((type) => `${type} is in the log ${count(type)} times`);
  for (const type of oncePerShipment) {
    const ids = dataOf(ledger, type).map(({ shipmentId }) => shipmentId);
    if (new Set(ids).size < ids.length) found.push(`${type} is in the log twice for a shipment`);
  }
  const sequences = [...new Set(events.map(({ sequence }) => sequence))];
  if (sequences.some((sequence, index) => sequence !== index + 1)) found.push(`versions ${sequences.join(', ')}`);
  if (order.version !== sequences.length) found.push(`version ${order.version} after ${sequences.length} commits`);
  const ends = dataOf(ledger, 'OrderRejected').length + dataOf(ledger, 'OrderCancelled').length;
  if (ends > 1) found.push('it ended twice');
  if (ends > 0 && dataOf(ledger, 'ShipmentDispatched').length > 0)
    found.push('it was rejected or cancelled, and a shipment was dispatched');
  if (dataOf(ledger, 'OrderRejected').length > 0 && dataOf(ledger, 'OrderConfirmed').length > 0) {
    found.push('it was confirmed and rejected');
  }
  const booked = dataOf(ledger, 'ShipmentBooked');
  const sum = booked.reduce((total, { amountMinor }) => total + amountMinor, shippingOf(order));
  if (booked.length > 0 && sum !== order.totals.totalMinor) {
    found.push(`its shipments amount to ${sum}, the order to ${order.totals.totalMinor}`);
  }
  return found;
}

function moneyFindings(ledger: Ledger): string[] {
  const { order, payments } = ledger;
  const found: string[] = [];
  const first = payments.filter((payment) => !isRenewal(payment));
  if (first.length > 1) found.push(`it was charged ${first.length} times: ${ids(first)}`);
  const received = payments.reduce((sum, { capturedMinor, refundedMinor }) => sum + capturedMinor - refundedMinor, 0);
  if (received > order.totals.totalMinor) found.push(`${received} was taken for ${order.totals.totalMinor}`);
  for (const payment of payments) {
    const isAmount = isRenewal(payment)
      ? payment.amountMinor < order.totals.totalMinor || first[0]?.capturedMinor === 0
      : payment.amountMinor === order.totals.totalMinor;
    if (!isAmount) found.push(`${payment.id} is about ${payment.amountMinor}`);
    if (payment.capturedMinor > payment.amountMinor) found.push(`${payment.id}: more captured than authorized`);
    if (payment.refundedMinor > payment.capturedMinor) found.push(`${payment.id}: more refunded than captured`);
  }
  const outcome = outcomeOf(ledger);
  if (outcome === 'undone') found.push(...moneyLeft(ledger));
  if (outcome === 'stands') found.push(...moneyMissing(ledger));
  return found;
}

const isRenewal = ({ metadata }: Payment) => metadata.purpose === 'renewal';

function moneyLeft(ledger: Ledger): string[] {
  const { payments } = ledger;
  const held = payments.filter(({ status, capturableMinor }) => status === 'requires_capture' || capturableMinor > 0);
  const kept = payments.filter(({ capturedMinor, refundedMinor }) => capturedMinor > refundedMinor);
  const voided = dataOf(ledger, 'PaymentVoided').map(({ paymentId }) => paymentId);
  return [
    ...held.map(({ id }) => `${id} is still authorized`),
    ...kept.map(({ id }) => `${id} was captured and not refunded`),
    ...voided
      .filter((id) => payments.every((payment) => payment.id !== id))
      .map((id) => `the log says that ${id} was voided, and the gateway has no such payment`),
  ];
}

function moneyMissing(ledger: Ledger): string[] {
  const authorized = dataOf(ledger, 'PaymentAuthorized');
  if (ledger.payments.length === 0 || authorized.length === 0) return ['it was confirmed without an authorization'];
  const found: string[] = [];
  // Only the gateway has a capture, or another authorization, whose answer was lost until the dispatch is requested again.
  const isUnknown = ['capture_failed', 'authorization_expired'].includes(ledger.order.hold?.reason ?? '');
  const unknown = isUnknown || isUnderWay(ledger);
  const captured = dataOf(ledger, 'PaymentCaptured').filter(({ amountMinor }) => amountMinor > 0);
  for (const payment of ledger.payments) {
    const ours = authorized.find(({ paymentId }) => paymentId === payment.id);
    if (ours === undefined && !(unknown && isRenewal(payment))) found.push(`the log does not know ${payment.id}`);
    if (ours !== undefined && ours.amountMinor !== payment.amountMinor) {
      found.push(`the log has ${ours.amountMinor} authorized`);
    }
    const isReplaced = ledger.payments.some(({ metadata }) => metadata.replaces === payment.id);
    if ((payment.status === 'canceled' && !isReplaced && !unknown) || payment.refundedMinor > 0) {
      found.push(`${payment.id} was voided or refunded`);
    }
    const inLog = captured.filter(({ paymentId }) => paymentId === payment.id).map(({ amountMinor }) => amountMinor);
    const theirs = payment.captures.map(({ amountMinor }) => amountMinor);
    const agreed = unknown ? theirs.length >= inLog.length : `${inLog.toSorted()}` === `${theirs.toSorted()}`;
    if (!agreed) found.push(`the log has [${inLog}] captured of ${payment.id}, the gateway [${theirs}]`);
  }
  for (const { paymentId } of authorized) {
    if (ledger.payments.every(({ id }) => id !== paymentId)) found.push(`the gateway does not know ${paymentId}`);
  }
  const sum = captured.reduce((total, { amountMinor }) => total + amountMinor, 0);
  if (sum !== ledger.order.payment.capturedMinor) found.push('the fold miscounts captures');
  return found;
}

function isUnderWay({ order }: Ledger): boolean {
  return order.shipments.some(({ status }) => status === 'dispatch_requested');
}

function parcelFindings(ledger: Ledger): string[] {
  const { parcels } = ledger;
  const bought = parcels.filter(({ status }) => status === 'bought');
  const outcome = outcomeOf(ledger);
  const found: string[] = [];
  if (outcome === 'undone') {
    const digital = new Set(digitalOf(ledger));
    const logged = dataOf(ledger, 'ShipmentCancelled')
      .filter(({ shipmentId }) => !digital.has(shipmentId))
      .map(({ carrierShipmentId }) => carrierShipmentId);
    const refunded = new Set(parcels.filter(({ status }) => status === 'refunded').map(({ id }) => id));
    found.push(...bought.map(({ id }) => `label ${id} was not refunded`));
    found.push(
      ...logged
        .filter((id) => !refunded.has(id))
        .map((id) => `the log says that label ${id} was refunded, the carrier does not`),
    );
  }
  if (outcome === 'stands') {
    const booked = dataOf(ledger, 'ShipmentBooked')
      .filter(({ digital }) => digital !== true)
      .map((shipment) => labelName(shipment));
    const labels = bought.map(({ id, shipmentId, trackingCode }) =>
      labelName({ carrierShipmentId: id, shipmentId, trackingCode }),
    );
    if (`${booked.toSorted()}` !== `${labels.toSorted()}`) found.push(`booked [${booked}], bought [${labels}]`);
  }
  const perShipment = bought.map(({ shipmentId }) => shipmentId);
  if (new Set(perShipment).size < perShipment.length) found.push(`a shipment has two labels: ${ids(bought)}`);
  return found;
}

/** The ids of the shipments that need no label. */
function digitalOf(ledger: Ledger): string[] {
  return dataOf(ledger, 'ShipmentBooked').flatMap(({ shipmentId, digital }) => (digital === true ? shipmentId : []));
}

/** Refunds and cancellations that are not on record. */
function unloggedRefunds(ledger: Ledger): string[] {
  const voided = new Set(dataOf(ledger, 'PaymentVoided').map(({ paymentId }) => paymentId));
  const cancelled = new Set(dataOf(ledger, 'ShipmentCancelled').map(({ carrierShipmentId }) => carrierShipmentId));
  const refunded = ledger.parcels.filter(({ status }) => status === 'refunded');
  // Nothing of a payment that its customer did not confirm was ever held.
  const held = ledger.payments.filter(({ asksCustomer, isConfirmed }) => asksCustomer !== true || isConfirmed === true);
  return [...held.filter(({ id }) => !voided.has(id)), ...refunded.filter(({ id }) => !cancelled.has(id))].map(
    ({ id }) => `the log does not say that ${id} was voided or refunded`,
  );
}

function labelName(label: { carrierShipmentId: string; shipmentId: string; trackingCode: string }): string {
  return `${label.shipmentId} as ${label.carrierShipmentId} (${label.trackingCode})`;
}

function ids(entries: readonly { readonly id: string }[]): string {
  return entries.map(({ id }) => id).join(', ');
}
