import type { Allocation, LineQuantity, Sourcing } from '../../../../events/vocabulary.ts';
import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { fitsOneWrite, type ReservedUnits, shardName } from '../../sharding/index.ts';
import type { Allocated, AllocatedPart } from '../../sourcing/index.ts';
import { fitsOneReservation, withinOneWrite } from './large-orders.ts';

/** Units of one line that came from one shard. */
export interface Part extends AllocatedPart {
  /**
   * The nonce of the debit, for units that were debited before the reservation was written. Lines that share a debit
   * share its nonce.
   */
  readonly nonce?: string;
  /** The shipment with which the units left. */
  readonly shipmentId?: string;
  /** Only in a closed reservation: the units have not gone back for sale yet, and a further change returns them. */
  readonly due?: true;
}

export interface StockHold {
  readonly allocations: readonly Allocation[];
  readonly expiresAt: Instant;
  /** Why these locations were chosen. */
  readonly sourcing?: Sourcing;
}

export interface Shipment {
  readonly orderId: string;
  readonly shipmentId: string;
  readonly location: string;
  readonly lines: readonly LineQuantity[];
}

/** What a release puts back for sale: the units that were not shipped, or the shipped ones too. */
export type ReleaseExtent = 'unshipped' | 'everything';

interface ReservationRecord {
  readonly orderId: string;
  readonly parts: readonly Part[];
  readonly sourcing?: Sourcing | undefined;
  /**
   * Grows by one with every change of the parts. A change is written only over the revision on which it was decided.
   */
  readonly revision: number;
}

/** A `HELD` reservation counts until `expiresAt`, a `CONFIRMED` one until its units are shipped or released. */
export type OpenReservation = ReservationRecord &
  (
    | { readonly state: 'HELD'; readonly expiresAt: Instant }
    | { readonly state: 'CONFIRMED'; readonly expiresAt: Instant }
  );

/** A `RELEASED` reservation without parts marks an order that was released before it reserved anything. */
export type ClosedReservation = ReservationRecord & ({ readonly state: 'RELEASED' } | { readonly state: 'EXPIRED' });

export type Reservation = OpenReservation | ClosedReservation;

/** The allowed transitions of a reservation. One that is closed stays in its state while its units go back. */
export const transitions: { readonly [State in Reservation['state']]: readonly Reservation['state'][] } = {
  HELD: ['CONFIRMED', 'RELEASED', 'EXPIRED'],
  CONFIRMED: ['RELEASED'],
  RELEASED: [],
  EXPIRED: [],
};

/**
 * The new state of a reservation, and its units that go back for sale or are shipped. The store writes both or neither. The
 * units of a large order take several changes.
 */
export interface Change {
  readonly after: Reservation;
  readonly kind: 'release' | 'ship';
  readonly units: readonly ReservedUnits[];
}

const holdExpired = (orderId: string) =>
  refuse('HOLD_EXPIRED', `The hold on the stock of order ${orderId} has expired.`);
const closed = (orderId: string) =>
  refuse('RESERVATION_CLOSED', `Nothing is reserved for order ${orderId}, and nothing can be any more.`);

/** Whether the hold's time is over at `now`, whether or not a process has recorded it. */
export function isExpired(reservation: Reservation, now: Instant): boolean {
  return reservation.state === 'EXPIRED' || (reservation.state === 'HELD' && now >= reservation.expiresAt);
}

/**
 * A new hold of the allocated parts.
 *
 * @throws Error for parts that are not debited and are of more shards than one write can change, and for too many parts: the
 * caller gathers their units first.
 */
export function newHold(
  { orderId, expiresAt }: { readonly orderId: string; readonly expiresAt: Instant },
  { parts, sourcing }: Pick<Allocated, 'sourcing'> & { readonly parts: readonly Part[] },
): OpenReservation {
  const undebited = parts.filter(({ nonce }) => nonce === undefined);
  if (!fitsOneWrite(undebited) || !fitsOneReservation(parts)) {
    throw new Error(`order ${orderId}: its units are in too many shards for one write`);
  }
  return { orderId, state: 'HELD', expiresAt, parts, sourcing, revision: 0 };
}

/** The answer to a request to reserve when the order has a reservation already. */
export function answerReserve(
  reservation: Reservation,
  now: Instant,
): StockHold | Refusal<'HOLD_EXPIRED' | 'RESERVATION_CLOSED'> {
  if (isExpired(reservation, now)) return holdExpired(reservation.orderId);
  if (reservation.state !== 'HELD' && reservation.state !== 'CONFIRMED') return closed(reservation.orderId);
  return heldBy(reservation);
}

/** The hold of a reservation: the same for every repetition of the request. */
export function heldBy({ parts, expiresAt, sourcing }: OpenReservation): StockHold {
  return { allocations: allocationsOf(parts), expiresAt, ...(sourcing && { sourcing }) };
}

/** The answer to a confirmation that found no hold to confirm. */
export function answerConfirm(
  reservation: Reservation | undefined,
  orderId: string,
  now: Instant,
): { readonly confirmed: true } | Refusal<'HOLD_EXPIRED' | 'RESERVATION_CLOSED'> {
  if (reservation === undefined || reservation.state === 'RELEASED') return closed(orderId);
  if (isExpired(reservation, now)) return holdExpired(orderId);
  return { confirmed: true };
}

/**
 * The change that closes a reservation and returns its units: those that were not shipped, or all of them. Units in more
 * shards than one write can change are due afterwards, and the same call for the closed reservation returns the next of
 * them. Undefined when the transition is not allowed or there is nothing left to return.
 */
export function closeReservation(
  reservation: Reservation,
  state: ClosedReservation['state'],
  extent: ReleaseExtent = 'unshipped',
): Change | undefined {
  const { orderId, parts, revision } = reservation;
  const back = toReturn(reservation, state, extent);
  if (back.length === 0) return undefined;
  const returned = new Set(withinOneWrite(back));
  const due = new Set(back);
  const after = parts.map((part): Part => {
    if (returned.has(part)) return atItsShard(part);
    return due.has(part) ? { ...part, due: true } : part;
  });
  return {
    after: { orderId, state: closedAs(reservation, state), parts: after, revision: revision + 1 },
    kind: 'release',
    units: perShard([...returned]),
  };
}

function toReturn(reservation: Reservation, state: ClosedReservation['state'], extent: ReleaseExtent): readonly Part[] {
  const { parts } = reservation;
  if (isClosed(reservation)) return parts.filter(({ due }) => due);
  if (!transitions[reservation.state].includes(state)) return [];
  return extent === 'everything' ? parts : unshipped(parts);
}

function isClosed(reservation: Reservation): reservation is ClosedReservation {
  return reservation.state === 'RELEASED' || reservation.state === 'EXPIRED';
}

/** A reservation that is closed already keeps its state. */
function closedAs(reservation: Reservation, state: ClosedReservation['state']): ClosedReservation['state'] {
  return isClosed(reservation) ? reservation.state : state;
}

function atItsShard({ shipmentId: _never, due: _done, ...part }: Part): Part {
  return part;
}

/** The units that a closed reservation returned. */
export function releasedBy(reservation: Reservation): Allocation[] {
  return allocationsOf(unshipped(reservation.parts));
}

/**
 * The change that ships the reserved parts at one location. Units in more shards than one write can change take several
 * changes. Undefined when all of this shipment has left already.
 *
 * @throws Error when the reservation is not confirmed or holds other units at that location than the shipment lists.
 */
export function shipParts(reservation: Reservation | undefined, shipment: Shipment): Change | undefined {
  const { orderId, shipmentId, location, lines } = shipment;
  const parts = reservation?.parts ?? [];
  const gone = parts.filter((part) => part.shipmentId === shipmentId && !part.due);
  const staying = unshipped(parts).filter((part) => part.location === location);
  if (gone.length > 0 && staying.length === 0) return undefined;
  if (reservation?.state !== 'CONFIRMED') {
    throw new Error(
      `order ${orderId}: shipment ${shipmentId} cannot leave, the stock is ${reservation?.state ?? 'not reserved'}`,
    );
  }
  const [held] = allocationsOf([...gone, ...staying]);
  if (!sameUnits(held?.lines ?? [], lines)) {
    throw new Error(`order ${orderId}: shipment ${shipmentId} says other units than are reserved at ${location}`);
  }
  const leaving = new Set(withinOneWrite(staying));
  const after: Reservation = {
    ...reservation,
    parts: parts.map((part) => (leaving.has(part) ? { ...part, shipmentId } : part)),
    revision: reservation.revision + 1,
  };
  return { after, kind: 'ship', units: perShard([...leaving]) };
}

/** Parts by location and line, in the order in which they first appear. */
export function allocationsOf(parts: readonly Part[]): Allocation[] {
  const locations = new Map<string, Map<string, LineQuantity>>();
  for (const { location, lineId, sku, quantity } of parts) {
    const lines = locations.get(location) ?? new Map<string, LineQuantity>();
    locations.set(location, lines);
    lines.set(lineId, { lineId, sku, quantity: (lines.get(lineId)?.quantity ?? 0) + quantity });
  }
  return [...locations].map(([location, lines]) => ({ location, lines: [...lines.values()] }));
}

/** The units taken from each shard, however many lines took them. What is in one shard leaves with one shipment. */
export function perShard(parts: readonly Part[]): ReservedUnits[] {
  const shards = new Map<string, ReservedUnits>();
  for (const { location, sku, shard, quantity, nonce, shipmentId } of parts) {
    const name = shardName({ location, sku, shard });
    const known = shards.get(name);
    const nonces = new Set([...(known?.nonces ?? []), ...(nonce === undefined ? [] : [nonce])]);
    const units = { location, sku, shard, quantity: (known?.quantity ?? 0) + quantity, nonces: [...nonces] };
    shards.set(name, shipmentId === undefined ? units : { ...units, shipped: true });
  }
  return [...shards.values()];
}

function unshipped(parts: readonly Part[]): Part[] {
  return parts.filter((part) => part.shipmentId === undefined);
}

function sameUnits(held: readonly LineQuantity[], asked: readonly LineQuantity[]): boolean {
  const [these, those] = [held, asked].map((lines) =>
    lines.map(({ lineId, sku, quantity }) => `${lineId} ${sku} ${quantity}`).sort(),
  );
  return JSON.stringify(these) === JSON.stringify(those);
}
