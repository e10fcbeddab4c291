import type { LedgerKind } from '../commands/stock-table.ts';
import { type ShardId, shardName } from '../domain/shard-plan.ts';

/** Every shard has a partition key of its own: one item can never be split, and a partition has a thousand writes a second. */
export const shardKey = (shard: ShardId) => `I#${shardName(shard)}`;
export const planKey = (sku: string) => `P#${sku}`;
export const reservationKey = (orderId: string) => `R#${orderId}`;
/** All registered locations. */
export const registryKey = 'L#all';
export const ledgerKey = (kind: LedgerKind, id: string) => `C#${kind}#${id}`;
export const boardKey = (sku: string, copy: number) => `B#${sku}#${copy}`;
/** The orders that wait for a SKU, taken together; an order that waits. */
export const lineKey = (sku: string) => `Q#${sku}`;
export const waitingKey = (orderId: string) => `W#${orderId}`;
/** What was told of a SKU's level last. */
export const toldKey = (sku: string) => `N#${sku}`;

/** The one item that lists the hot SKUs, in the set `skus`. */
export const hotKey = 'H#hot';

/** Attributes of a shard that are entries of its journal: no map that somebody would have to make first. */
export const entryPrefix = 'j:';

export const prefixes = {
  shard: 'I#',
  plan: 'P#',
  reservation: 'R#',
  ledger: 'C#',
  told: 'N#',
  line: 'Q#',
  waiting: 'W#',
} as const;

/** The sparse index of orders that wait: an item is in it while it has a SKU that it waits for. */
export const arrivalIndex = 'byArrival';
