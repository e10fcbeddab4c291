import { backOff } from '../../../shared/kernel/backoff.ts';
import { isTransient, TransientFault } from '../../../shared/kernel/faults.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { DebitOutcome, HoldOutcome, ShardCounters } from '../../sharding/commands/stock-table.ts';
import { dropBoundEntries } from '../../sharding/commands/sweep-journals.ts';
import { type Debited, undoDebit } from '../../sharding/commands/undo-debit.ts';
import { type SkuPlan, shardName } from '../../sharding/domain/shard-plan.ts';
import { choosePieces, type Pieces, unitsWanted } from '../../sourcing/domain/allocate.ts';
import { answerReserve, heldBy, type Part, perShard, type ReservedUnits } from '../domain/reservation.ts';
import { holdOf, type ReserveAnswer } from '../domain/reserve-answers.ts';
import type { StockRequest } from '../domain/stock-store.ts';
import { type Finding, findStock } from './find-stock.ts';
import type { Surroundings } from './survey-stock.ts';

/** Attempts to hold one order: each takes what a look or a hint has shown, and others may be faster every time. */
const maxAttempts = 12;
/** Pauses after a debit that was turned away grow so often and no more: a plain write holds a shard for no time at all. */
const maxPauses = 3;
/** Repetitions of one write that was turned away: with their pauses a third of a second. */
const maxRepetitions = 6;
/** Misses after which what a board showed before the last one is no longer believed. */
const maxHintedMisses = 3;
/** Debits of one order: each is a write, and all are bound by one. */
const maxDebits = 50;
/** Entries in a journal before a process looks for another shard: a few more and the shard passes 1 kB, and each write of it costs double. */
const fullJournal = 8;
/** Further entries after which the next one clears it, should the first have found too few to remove. */
const cleaningStep = 4;

/**
 * Path J, for SKUs that many want at once: one plain debit for each shard, noted in the shard's journal under a nonce,
 * and then the reservation that binds the nonces; lines of cold SKUs are debited along with that, in one transaction.
 * No write of a hot shard waits for another.
 *
 * All or none: what was debited is undone when something else turns out short. A worker that ends between two writes
 * leaves entries in journals, and a sweep puts their units back (see `healOldEntries`).
 *
 * The outcome of a write may be unknown. Of a debit: it is never sent again. The order's next attempt makes debits of
 * its own, and the entry, if there is one, is healed as a crashed worker's is: a unit is hidden for some seconds, never
 * sold twice. Of the reservation: nothing is undone, because it may be held; the next attempt finds out.
 *
 * @throws TransientFault when others were faster at every attempt; nothing is held then.
 */
export async function reserveByJournal(
  request: StockRequest,
  now: Instant,
  known: readonly SkuPlan[],
  around: Surroundings,
): Promise<ReserveAnswer> {
  const arrivedAt = around.nowMs();
  let plans = known;
  let found: Finding | undefined = firstChoice(request, plans, around);
  let misses = 0;
  let hintsAfter = Number.NEGATIVE_INFINITY;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    found ??= await findStock(request, now, plans, { arrivedAt, hintsAfter }, around);
    if ('answer' in found) return found.answer;
    plans = found.plans;
    const result = await holdPieces(request, found, plans, around);
    switch (result.outcome) {
      case 'held':
        return heldBy(holdOf(request, found));
      case 'exists':
        return answerReserve(result.reservation, now);
      case 'short':
        around.memory.learnMisses(result.shards);
        misses += 1;
        // From another place, so that those who find the same shard empty do not meet in its neighbor.
        around.home.move();
        if (misses >= maxHintedMisses) hintsAfter = around.nowMs();
        found = undefined;
        break;
      case 'contended':
        around.home.move();
        await around.contended?.(result.shards ?? [], now);
        await backOff(Math.min(attempt, maxPauses), around.pace);
        // Who is turned away twice is in a crowd: what he remembers of the shards may be long over, and nobody tells him.
        found = attempt === 0 ? chooseAgain(request, plans, around) : undefined;
        break;
      case 'voided':
        // We were so slow that we were taken for gone. What was taken is given back; the order is as if never tried.
        found = chooseAgain(request, plans, around);
    }
  }
  throw new TransientFault(`order ${request.orderId}: others were faster ${maxAttempts} times`);
}

/** By what this process remembers. Where a SKU was short of late one looks first: a failed debit costs as much as a good one. */
function firstChoice(request: StockRequest, plans: readonly SkuPlan[], around: Surroundings): Finding | undefined {
  const wanted = unitsWanted(request.lines);
  const wasShort = [...wanted].some(([sku, units]) => (around.memory.board(sku)?.units ?? units) < units);
  return wasShort ? undefined : chooseAgain(request, plans, around);
}

function chooseAgain(request: StockRequest, plans: readonly SkuPlan[], around: Surroundings): Finding | undefined {
  const choice = choosePieces(request.lines, around.memory.view(plans), around.home.index, request);
  return 'parts' in choice ? { ...choice, plans } : undefined;
}

/** Holds these very pieces, or leaves everything as it was. */
async function holdPieces(
  request: StockRequest,
  pieces: Pieces,
  plans: readonly SkuPlan[],
  around: Surroundings,
): Promise<HoldOutcome> {
  const hotSkus = new Set(plans.flatMap(({ sku, path }) => (path === 'J' ? sku : [])));
  const units = inFixedOrder(perShard(pieces.parts.filter(({ sku }) => hotSkus.has(sku))));
  if (units.length > maxDebits) {
    throw new Error(
      `order ${request.orderId} needs pieces of ${units.length} shards; at most ${maxDebits} are debited`,
    );
  }
  const taken: Debited[] = [];
  const full: ShardCounters[] = [];
  for (const each of units) {
    const nonce = around.nonce();
    const result = await debit(request.orderId, each, nonce, taken, around);
    if (result.outcome !== 'debited') {
      await undoAll(taken, around);
      return result.outcome === 'short' ? { outcome: 'short', shards: [result.shard] } : result;
    }
    const { location, sku, shard, quantity } = each;
    taken.push({ location, sku, shard, quantity, nonce });
    if (isCleaner(result.shard)) full.push(result.shard);
  }
  const [result] = await Promise.all([
    bind(request, pieces, taken, around),
    ...full.map((shard) => dropBoundEntries(shard, around)),
  ]);
  return result;
}

/**
 * Whether the process whose debit left a shard like this is to clear its journal. Those who have moved on leave their
 * entries behind; of the debits that fill a journal exactly one sees each length of it, so no two clear it at once.
 */
function isCleaner({ journal }: ShardCounters): boolean {
  return journal.length > fullJournal && (journal.length - fullJournal) % cleaningStep === 1;
}

/** Orders that want the same last units of several SKUs meet at the first of them, and one of them goes on. */
function inFixedOrder(units: readonly ReservedUnits[]): ReservedUnits[] {
  return [...units].sort((a, b) => a.sku.localeCompare(b.sku) || shardName(a).localeCompare(shardName(b)));
}

async function debit(
  orderId: string,
  { location, sku, shard, quantity }: ReservedUnits,
  nonce: string,
  before: readonly Debited[],
  around: Surroundings,
): Promise<DebitOutcome> {
  const { table, memory, home, pace } = around;
  const id = { location, sku, shard };
  const settled = memory.settledIn(id);
  // A first debit that is turned away goes to another shard; a later one would cost the undoing of those before it.
  const repetitions = before.length === 0 ? 1 : maxRepetitions;
  for (let attempt = 0; attempt < repetitions; attempt++) {
    if (attempt > 0) await backOff(attempt, pace);
    try {
      const result = await table.debit({ ...id, quantity, orderId, nonce, at: around.nowMs(), settled });
      if (result.outcome === 'contended') continue;
      if (result.outcome === 'debited') {
        memory.forgetSettled(id, settled);
        memory.learnShards([result.shard]);
        if (typeof shard === 'number') home.index = shard;
      }
      return result;
    } catch (fault) {
      await undoAll(before, around);
      throw fault;
    }
  }
  return { outcome: 'contended', shards: [id] };
}

/** Writes the reservation. What it throws leaves the debits as they are. */
async function bind(
  request: StockRequest,
  { parts, sourcing }: Pieces,
  taken: readonly Debited[],
  around: Surroundings,
): Promise<HoldOutcome> {
  const nonces = new Map(taken.map((debited) => [shardName(debited), debited.nonce]));
  const bound = parts.map((part) => {
    const nonce = nonces.get(shardName(part));
    return nonce === undefined ? part : { ...part, nonce };
  });
  const reservation = holdOf(request, { parts: bound, sourcing });
  for (let attempt = 0; attempt < maxRepetitions; attempt++) {
    if (attempt > 0) await backOff(attempt, around.pace);
    const result = await around.table.hold(reservation);
    if (result.outcome === 'contended') continue;
    if (result.outcome === 'held' || (result.outcome === 'exists' && isOurs(result.reservation.parts, taken))) {
      for (const debited of taken) around.memory.settle(debited, debited.nonce);
    } else {
      await undoAll(taken, around);
    }
    return result;
  }
  await undoAll(taken, around);
  return { outcome: 'contended' };
}

/** The network may repeat what we send once: then the reservation that is in the way is our own. */
function isOurs(parts: readonly Part[], taken: readonly Debited[]): boolean {
  return parts.some(({ nonce }) => taken.some((debited) => debited.nonce === nonce));
}

/** What cannot be undone now the sweep undoes: its entry is still there. */
async function undoAll(taken: readonly Debited[], around: Surroundings): Promise<void> {
  for (const debited of taken) {
    try {
      await undoDebit(debited, around);
    } catch (fault) {
      if (!isTransient(fault)) throw fault;
    }
  }
}
