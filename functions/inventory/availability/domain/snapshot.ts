import { type Board, maxBoardShards, type ShardCounters } from '../../sharding/commands/stock-table.ts';
import { type SkuPlan, shardName } from '../../sharding/domain/shard-plan.ts';
import type { Shortage } from '../../sourcing/domain/allocate.ts';

/*
 * Whoever misses wants to know where units are, and at the end of a sale everybody misses. So one who has looked at all
 * shards of a SKU writes down what he saw, and the others read that: half a read unit in place of one for each shard.
 */

/** Copies of a board, each in a partition of its own: ten thousand buyers a second read one item too often. */
export const boardCopies = 4;
/** How long a look says where to try, whatever happens. In a tenth of a second a shard sells about a hundred units. */
const hintMs = 100;
/** How long a look may refuse buyers: the bound that the design states for a wrong "out of stock". */
export const refusalMs = 250;
/**
 * A board as young as this shows that others are at it: it pays to wait for their next look. It also still says where to
 * try, until a process finds it wrong: one failed write is cheaper than a look at thirty shards.
 */
const crowdMs = 2_000;
/** So long after units came back, only a look that began after a buyer came may refuse him. Releases come in waves. */
const returnsMs = 2_000;
/** How far the clocks of two machines may be apart before one does not trust what the other says of the future. */
const clockSkewMs = 50;

/** False for a board whose writer's clock cannot have been right, or ours is not. */
export const isOfThePast = (board: Board, nowMs: number) => nowMs - board.at >= -clockSkewMs;

/** Of a look that began at `at`. */
function isYoungerThan(at: number, limitMs: number, nowMs: number): boolean {
  const age = nowMs - at;
  return age >= -clockSkewMs && age < limitMs;
}

export const isFresh = (board: Board, nowMs: number) => isYoungerThan(board.at, hintMs, nowMs);
export const showsCrowd = (board: Board, nowMs: number) => isYoungerThan(board.at, crowdMs, nowMs);

/** @param wrongAt when this process last found that a board was wrong. */
export function showsWhere(board: Board, nowMs: number, wrongAt: number): boolean {
  return isFresh(board, nowMs) || (showsCrowd(board, nowMs) && board.at > wrongAt);
}

/** True when units came back a moment before the look: buyers wait for a look of their own time, and may get them. */
export function showsReturns(board: Board, nowMs: number): boolean {
  return isYoungerThan(board.creditsChangedAt, returnsMs, nowMs);
}

/**
 * The SKUs of which the boards show too little, if they may refuse a buyer who came at `arrivedAt`.
 *
 * @param creditedAt when this process itself last brought units of a SKU back: no earlier look may refuse.
 */
export function shortOn(
  boards: readonly Board[],
  wanted: ReadonlyMap<string, number>,
  moment: { readonly nowMs: number; readonly arrivedAt: number; creditedAt(sku: string): number },
): Shortage[] {
  return boards.flatMap((board) => {
    const units = wanted.get(board.sku) ?? 0;
    const since = showsReturns(board, moment.nowMs) ? moment.arrivedAt : moment.creditedAt(board.sku);
    const counts = isYoungerThan(board.at, refusalMs, moment.nowMs) && board.at >= since;
    return counts && board.units < units ? [{ sku: board.sku, wanted: units, available: board.units }] : [];
  });
}

/** What a look at all shards of a SKU has shown. */
export function boardOf(sku: string, at: number, shards: readonly ShardCounters[], previous: Board | undefined): Board {
  const open = shards.filter((shard) => shard.sku === sku && shard.closedTo === undefined && shard.available > 0);
  const fullest = [...open].sort((a, b) => b.available - a.available).slice(0, maxBoardShards);
  const credits = sum(shards.map((shard) => (shard.sku === sku ? shard.credits : 0)));
  // What happened long before the last look nobody knows; nobody was refused because of it either.
  const known = previous !== undefined && isYoungerThan(previous.at, returnsMs, at) ? previous : undefined;
  return {
    sku,
    at,
    units: sum(open.map(({ available }) => available)),
    free: fullest.map(({ location, shard, available }) => ({ location, shard: Number(shard), available })),
    credits,
    creditsChangedAt: known === undefined || known.credits === credits ? (known?.creditsChangedAt ?? 0) : at,
  };
}

/**
 * Units by the name of the shard, for every shard of the plan that the board tells about. A board of more shards than
 * it names leaves the others out.
 */
export function unitsOn(board: Board, plan: SkuPlan): Map<string, number> {
  const { sku, free, units } = board;
  const named = new Map(free.map((each) => [shardName({ sku, ...each }), each.available]));
  if (sum(free.map(({ available }) => available)) !== units) return named;
  for (const { location, shards } of plan.locations) {
    for (let shard = 0; shard < shards; shard++) {
      const name = shardName({ location, sku, shard });
      if (!named.has(name)) named.set(name, 0);
    }
  }
  return named;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
