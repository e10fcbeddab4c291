import { randomBytes } from 'node:crypto';
import { type Clock, millisecondsOf, systemClock } from '../../../shared/kernel/time.ts';
import { type AccessOptions, type TableAccess, tableAccess } from '../../../shared/table-access.ts';
import { dynamodbSnapshotStore } from '../../availability/index.ts';
import { dynamodbPlanReader, dynamodbPlanStore, dynamodbShardStore } from '../../sharding/index.ts';
import type { ChangeDependencies } from '../commands/change-reservation.ts';
import {
  type ReserveDependencies,
  type ReserveStores,
  reserveDependencies,
  reserveProcess,
} from '../commands/reserve-dependencies.ts';
import { dynamodbBindingStore } from './dynamodb-binding-store.ts';
import { dynamodbReservationStore, dynamodbStockReader } from './dynamodb-reservation-store.ts';

export interface ReserveOptions extends AccessOptions {
  /** Only for how long things are remembered; every decision takes the moment it is given. */
  readonly clock?: Clock;
  readonly nonce?: () => string;
}

/** What reserving works with; make it once a process, which remembers plans and the last counts seen. */
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

/** What releasing, expiring and shipping work with. */
export function dynamodbReservationChanges(table: string, options: AccessOptions = {}): ChangeDependencies {
  const access = tableAccess(table, options);
  return { reservations: dynamodbReservationStore(access), pace: access.pace };
}

/** Ten characters of 36: the chance that two of a million debits of one shard share one is below one in a thousand. */
function randomNonce(): string {
  return Array.from(randomBytes(10), (byte) => (byte % 36).toString(36)).join('');
}
