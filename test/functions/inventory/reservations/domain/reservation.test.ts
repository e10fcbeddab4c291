import { describe, expect, it } from 'vitest';
import {
  answerConfirm,
  answerReserve,
  closeReservation,
  type Part,
  perShard,
  type Reservation,
  releasedBy,
  shipParts,
  transitions,
} from '../../../../../functions/inventory/reservations/domain/reservation.ts';
import { toInstant } from '../../../../../functions/shared/kernel/time.ts';
import { codeOf } from '../../../../contracts/stock-store-contract.ts';

const expiry = Date.parse('2026-11-22T12:00:00.000Z');
const expiresAt = toInstant(expiry);
const part = (location: string, shard: number, quantity: number, shipmentId?: string): Part => {
  const base = { lineId: '1', sku: 'A', location, shard, quantity };
  return shipmentId === undefined ? base : { ...base, shipmentId };
};
const reservation = (state: Reservation['state'], ...parts: Part[]): Reservation => {
  const record = { orderId: 'o', parts, revision: 4 };
  return state === 'HELD' || state === 'CONFIRMED' ? { ...record, state, expiresAt } : { ...record, state };
};
const states = Object.keys(transitions) as Reservation['state'][];

describe('a reservation', () => {
  it('begins as held, and ends in a state without further transitions', () => {
    const reachable = new Set<Reservation['state']>(['HELD']);
    for (const state of reachable) for (const next of transitions[state]) reachable.add(next);
    expect(reachable).toEqual(new Set(states));
    expect(states.filter((state) => transitions[state].length === 0)).toEqual(['RELEASED', 'EXPIRED']);
  });

  it.each([
    ['HELD', -1, undefined],
    ['HELD', 0, 'HOLD_EXPIRED'],
    ['CONFIRMED', 1_000, undefined],
    ['EXPIRED', -1, 'HOLD_EXPIRED'],
    ['RELEASED', -1, 'RESERVATION_CLOSED'],
  ] as const)('that is %s, %d ms after its expiry, answers %s', (state, ms, code) => {
    const held = reservation(state, part('W1', 0, 2));
    expect(codeOf(answerReserve(held, toInstant(expiry + ms)))).toBe(code);
    expect(codeOf(answerConfirm(held, 'o', toInstant(expiry + ms)))).toBe(code);
  });

  it.each(states)('that is %s is closed only where the table of transitions allows it', (state) => {
    for (const next of ['RELEASED', 'EXPIRED'] as const) {
      const change = closeReservation(reservation(state, part('W1', 0, 2)), next);
      expect(change !== undefined).toBe(transitions[state].includes(next));
    }
  });

  it('gives every unit back to the shard it came from, and keeps what was shipped', () => {
    const held = reservation('CONFIRMED', part('W1', 3, 2), part('W1', 3, 1), part('W1', 5, 4), part('W2', 0, 9, 's1'));
    const change = closeReservation(held, 'RELEASED');
    expect(change).toMatchObject({
      kind: 'release',
      units: [
        { location: 'W1', sku: 'A', shard: 3, quantity: 3 },
        { location: 'W1', sku: 'A', shard: 5, quantity: 4 },
      ],
      after: { state: 'RELEASED', revision: 5 },
    });
    const released = [{ location: 'W1', lines: [{ lineId: '1', sku: 'A', quantity: 7 }] }];
    expect(releasedBy(held)).toEqual(released);
    expect(change && releasedBy(change.after)).toEqual(released);
  });

  it('gives back shipped units as well when everything is released', () => {
    const held = reservation('CONFIRMED', part('W1', 3, 2), part('W2', 0, 9, 's1'));
    const change = closeReservation(held, 'RELEASED', 'everything');
    expect(change?.units).toMatchObject([
      { location: 'W1', shard: 3, quantity: 2 },
      { location: 'W2', shard: 0, quantity: 9, shipped: true },
    ]);
    expect(change?.units[0]).not.toHaveProperty('shipped');
    expect(change?.after.parts.map(({ shipmentId }) => shipmentId)).toEqual([undefined, undefined]);
  });

  it('ships the parts of one location, and only those', () => {
    const held = reservation('CONFIRMED', part('W1', 3, 2), part('W2', 0, 9));
    const lines = [{ lineId: '1', sku: 'A', quantity: 9 }];
    const change = shipParts(held, { orderId: 'o', shipmentId: 's', location: 'W2', lines });
    expect(change).toMatchObject({ kind: 'ship', units: [{ location: 'W2', shard: 0, quantity: 9 }] });
    expect(change?.after.parts).toEqual([part('W1', 3, 2), part('W2', 0, 9, 's')]);
    expect(change && shipParts(change.after, { orderId: 'o', shipmentId: 's', location: 'W2', lines })).toBeUndefined();
  });

  it('debits a shard once for all lines that take from it', () => {
    const parts: Part[] = [part('W1', 0, 2), { ...part('W1', 0, 3), lineId: '2' }, { ...part('W1', 0, 1), sku: 'B' }];
    expect(perShard(parts)).toEqual([
      { location: 'W1', sku: 'A', shard: 0, quantity: 5, nonces: [] },
      { location: 'W1', sku: 'B', shard: 0, quantity: 1, nonces: [] },
    ]);
  });
});
