import { randomBytes } from 'node:crypto';
import { type Clock, millisecondsOf, systemClock } from '../../../shared/kernel/time.ts';
import { type AccessOptions, type TableAccess, tableAccess } from '../../../shared/table-access.ts';
import { dynamodbSnapshotStore } from '../../availability/index.ts';
import { boundNonces, dynamodbPlanReader, dynamodbPlanStore, dynamodbShardStore } from '../../sharding/index.ts';
import type { ChangeDependencies } from '../commands/change-reservation.ts';
import {
  type ReserveDependencies,
  type ReserveStores,
  reserveDependencies,
  reserveProcess,
} from '../commands/reserve-dependencies.ts';
import type { ReturnDependencies } from '../commands/return-debits.ts';
import { dynamodbBindingStore } from './dynamodb-binding-store.ts';
import { dynamodbReservationStore, dynamodbStockReader } from './dynamodb-reservation-store.ts';

export interface ReserveOptions extends AccessOptions {
  /**
   * Used for the ages of cached values and journal entries; whether a hold has expired is decided by the time given
   * with each call.
   */
  readonly clock?: Clock;
  /** Makes texts of ten characters that were never used before. Default: random ones. */
  readonly nonce?: () => string;
}

/**
 * The dependencies of reserving. Make them once per process: they include its caches of plans and of the counts last
 * seen.
 */
export function dynamodbReserving(table: string, options: ReserveOptions = {}): ReserveDependencies {
  const { clock = systemClock, nonce = randomNonce, ...given } = options;
  const access = tableAccess(table, given);
  return reserveDependencies(
    reserveStores(access),
    reserveProcess({ pace: access.pace, nonce, nowMs: millisecondsOf(clock) }),
  );
}

function reserveStores(access: TableAccess): ReserveStores {
  return {
    reservations: dynamodbReservationStore(access),
    stock: dynamodbStockReader(access),
    planReader: dynamodbPlanReader(access),
    planStore: dynamodbPlanStore(access),
    shards: dynamodbShardStore(access),
    bindings: dynamodbBindingStore(access),
    snapshotStore: dynamodbSnapshotStore(access),
  };
}

/** The dependencies of returning the debits of an order that no reservation binds. */
export function dynamodbDebits(table: string, options: ReserveOptions = {}): ReturnDependencies {
  return dynamodbDebiting(tableAccess(table, options), options);
}

/** The dependencies of debiting shards before a reservation binds the debits, and of returning such debits. */
export function dynamodbDebiting(
  access: TableAccess,
  { clock = systemClock, nonce = randomNonce }: Pick<ReserveOptions, 'clock' | 'nonce'> = {},
) {
  return {
    shards: dynamodbShardStore(access),
    bindings: dynamodbBindingStore(access),
    plans: dynamodbPlanStore(access),
    bound: boundNonces(),
    pace: access.pace,
    nonce,
    nowMs: millisecondsOf(clock),
  };
}

/** The dependencies of releasing, expiring and shipping. */
export function dynamodbReservationChanges(table: string, options: AccessOptions = {}): ChangeDependencies {
  const access = tableAccess(table, options);
  return { reservations: dynamodbReservationStore(access), pace: access.pace };
}

/**
 * Ten characters of 36: the chance that any two of a million debits of one shard have the same nonce is below one in a
 * thousand.
 */
function randomNonce(): string {
  return Array.from(randomBytes(10), (byte) => (byte % 36).toString(36)).join('');
}
