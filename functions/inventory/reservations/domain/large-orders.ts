import { fitsOneWrite, type ShardId, shardName } from '../../sharding/index.ts';

/** Most shards of one order. With the parts of its lines the reservation stays below 400 kB, an item's limit. */
export const maxShardsOfOrder = 1_500;
/** Most parts of one reservation. A part has up to 175 bytes. */
const maxParts = 2_000;

/** Whether one reservation can have these parts. */
export function fitsOneReservation(parts: readonly ShardId[]): boolean {
  return parts.length <= maxParts && new Set(parts.map(shardName)).size <= maxShardsOfOrder;
}

/** The first of these parts that one write can change: all of them, unless the order is large. */
export function withinOneWrite<Part extends ShardId>(parts: readonly Part[]): readonly Part[] {
  if (fitsOneWrite(parts)) return parts;
  const taken: Part[] = [];
  // What is in one shard is changed together.
  for (const there of Map.groupBy(parts, shardName).values()) {
    if (!fitsOneWrite([...taken, ...there])) break;
    taken.push(...there);
  }
  return taken;
}
