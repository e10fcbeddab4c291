import type { Item } from '../../bench/inventory-simulator/memory-items.ts';
import { backorderOf, unitsIn } from '../../bench/inventory-simulator/memory-queue-records.ts';
import { ledgerRecordOf, planOf, reservationOf } from '../../bench/inventory-simulator/memory-records.ts';
import { countersOf } from '../../bench/inventory-simulator/memory-shards.ts';
import { auditUnits } from '../../functions/inventory/audit/domain/audit-units.ts';
import { findingText } from '../../functions/inventory/audit/domain/stock-finding.ts';
import { type StockRecord, StockTally } from '../../functions/inventory/audit/domain/stock-tally.ts';
import { type Reservation, reservationKey, type StockHold } from '../../functions/inventory/reservations/index.ts';
import { isRefusal } from '../../functions/shared/kernel/refusal.ts';
import { addSeconds, type Instant, toInstant } from '../../functions/shared/kernel/time.ts';
import { wrongQueues } from './backorder-end.ts';
import { shardId } from './stock-rules.ts';
import type { StockStory } from './stock-story.ts';
import { type Answered, extentFor, type Sabotage, StockWorld, skus } from './stock-world.ts';

/** Longer than the age at which a sweep treats an entry as abandoned. */
const untilOldMs = 6_000;

/**
 * Runs a story and checks its rules. Returns the number of operations and all violations: none when every rule held.
 */
export async function runStory(
  story: StockStory,
  sabotage?: Sabotage,
): Promise<{ operations: number; wrong: string[] }> {
  const world = new StockWorld(story, sabotage);
  await world.play(story);
  const wrong = wrongMeanwhile(world);
  if (wrong.length === 0) wrong.push(...(await wrongAtEnd(world)));
  if (wrong.length === 0) wrong.push(...(await strandedIn(world)), ...wrongMeanwhile(world));
  return { operations: world.operations, wrong };
}

function wrongMeanwhile({ watched, defect }: StockWorld): string[] {
  return [...(watched.broken ? [watched.broken.message] : []), ...(defect === undefined ? [] : [`defect: ${defect}`])];
}

/** After the last operation two runs rebalance the hot SKUs at the same time; then everything must balance. */
async function wrongAtEnd(world: StockWorld): Promise<string[]> {
  // What the first round returns to stock may fill orders, and the sagas of these orders may leave something undone.
  for (let round = 0; round < 2; round++) {
    await during(world, () => endSagas(world));
    await during(world, async () => {
      await world.time.sleep(untilOldMs);
      // As in production, rebalancing takes its SKUs from the list of hot ones.
      const environments = [world.sound(), world.sound()];
      await Promise.all(environments.map(({ rebalance }) => rebalance(world.now())));
    });
  }
  const items = world.watched.items.all();
  const now = world.now();
  const findings = auditOf(items, now).map(findingText);
  const queues = wrongQueues(items, world.ended, skus);
  return [...findings, ...leftInJournals(items), ...wrongAnswers(world, items), ...queues, ...wrongDenials(world)];
}

/** Repeats the cancellations that crashed, and cancels the orders whose hold has expired, as their sagas do. */
async function endSagas(world: StockWorld): Promise<void> {
  for (const { orderId } of world.orders) {
    const reservation = reservationOf(world.watched.items.get(reservationKey(orderId)));
    if (reservation?.state === 'EXPIRED') world.ended.add(orderId);
  }
  for (const orderId of world.ended) await world.sound().cancel(orderId, extentFor(orderId));
}

/** The audit that runs in AWS, over these items. */
export function auditOf(items: readonly Item[], now: Instant) {
  const tally = new StockTally(toInstant(0));
  for (const item of items) {
    const record = recordOf(item);
    if (record !== undefined) tally.add(record);
  }
  const bound = new Map<string, Reservation>();
  for (const item of items) {
    const reservation = item.pk.startsWith('R#') ? reservationOf(item) : undefined;
    if (reservation !== undefined) bound.set(reservation.orderId, reservation);
  }
  return auditUnits(tally, { nowMs: Date.parse(addSeconds(now, 3_600)), bound });
}

function recordOf(item: Item): StockRecord | undefined {
  const [prefix] = item.pk.split('#');
  if (prefix === 'I') return { kind: 'shard', shard: countersOf(shardId(item.pk), item) };
  if (prefix === 'P') return { kind: 'plan', plan: planOf(item) };
  if (prefix === 'Q') return { kind: 'queue', sku: item.pk.slice(2), units: unitsIn(item) };
  if (prefix === 'W') return item.st === 'WAITING' ? { kind: 'waiting', ...unitsOf(item) } : undefined;
  if (prefix === 'C') return { kind: 'ledger', record: ledgerRecordOf(item) };
  const reservation = prefix === 'R' ? reservationOf(item) : undefined;
  return reservation && { kind: 'reservation', reservation };
}

function unitsOf(item: Item): { sku: string; units: number } {
  const { sku, units } = backorderOf(item);
  return { sku, units };
}

function leftInJournals(items: readonly Item[]): string[] {
  return items
    .filter(({ pk }) => pk.startsWith('I#'))
    .flatMap((item) => {
      const entries = countersOf(shardId(item.pk), item).journal;
      return entries.map(({ nonce }) => `${item.pk}: entry ${nonce} was not swept`);
    });
}

/** The rules for the answers, whatever their order. */
function wrongAnswers({ answers, orders }: StockWorld, items: readonly Item[]): string[] {
  const records = new Map(items.map((item) => [item.pk, item]));
  return orders.flatMap(({ orderId, lines }) => {
    const record = reservationOf(records.get(`R#${orderId}`));
    const mine = answers.filter((each) => each.orderId === orderId);
    const holds = mine.filter(({ kind, answer }) => kind.startsWith('reserve') && !isRefusal(answer as object));
    const wrong: string[] = [];
    const different = new Set(holds.map(({ answer }) => JSON.stringify((answer as StockHold).allocations)));
    if (different.size > 1) wrong.push('was answered with different holds');
    const units = (record?.parts ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
    const wanted = lines.reduce((sum, { quantity }) => sum + quantity, 0);
    if (units !== 0 && units !== wanted) wrong.push(`${units} of ${wanted} units were reserved`);
    if (holds.length > 0 && units !== wanted) wrong.push('was answered with a hold that does not exist');
    const confirmed = mine.some(({ kind, answer }) => kind === 'confirm' && !isRefusal(answer as object));
    if (confirmed && record?.state !== 'CONFIRMED' && record?.state !== 'RELEASED') wrong.push('lost its confirmation');
    wrong.push(...lateHolds(mine, holds, record));
    return wrong.map((each) => `${orderId}: ${each}`);
  });
}

const isShort: ReadonlySet<string> = new Set(['OUT_OF_STOCK', 'BACKORDERED']);
/** How old the data of a refusal may be. */
const denialMs = 250;

/** Orders of one line that were refused, or queued, although there were enough units all the time. */
function wrongDenials({ answers, orders, watched }: StockWorld): string[] {
  return answers.flatMap(({ kind, orderId, answer, began, ended }) => {
    const [line, ...others] = orders.find((order) => order.orderId === orderId)?.lines ?? [];
    const code = isRefusal(answer as object) ? (answer as { refused: { code: string } }).refused.code : '';
    if (!kind.startsWith('reserve') || !isShort.has(code) || line === undefined || others.length > 0) return [];
    const least = watched.leastOnSale(line.sku, began - denialMs, ended);
    return least < line.quantity
      ? []
      : [`${orderId}: refused, with ${least} units of ${line.sku} on sale all the time`];
  });
}

/**
 * Released orders that hold units again. An order counts as held only if each of its units was shipped before the
 * release.
 */
function lateHolds(mine: readonly Answered[], holds: readonly Answered[], record: Reservation | undefined): string[] {
  return mine
    .filter(({ kind }) => kind === 'release')
    .flatMap(({ ended }) => {
      if (record?.state === 'HELD' || record === undefined) return ['a release was lost'];
      if (record.state !== 'CONFIRMED')
        return holds.some(({ began }) => began > ended) ? ['held after its release'] : [];
      return record.parts.every(({ shipmentId }) => shipmentId !== undefined) ? [] : ['confirmed after its release'];
    });
}

/**
 * Units that cannot be sold. Each unit for sale must be sellable, one by one and by different processes, and no more
 * than those.
 */
async function strandedIn(world: StockWorld): Promise<string[]> {
  const wrong: string[] = [];
  await during(world, async () => {
    const sellers = [world.sound(), world.sound()];
    for (const sku of skus) {
      const units = forSale(world, sku);
      let sold = 0;
      for (; sold <= units; sold++) {
        const orderId = `last-${sku}-${sold}`;
        const lines = [{ lineId: '0', sku, quantity: 1 }];
        const seller = sellers[sold % 2] as (typeof sellers)[number];
        world.operations += 1;
        const request = { orderId, lines, expiresAt: addSeconds(world.now(), 60) };
        const answer = await seller.reserve(request, world.now()).catch((fault: Error) => fault);
        if (answer instanceof Error) wrong.push(`${sku}: ${answer.message}`);
        if (answer instanceof Error || isRefusal(answer)) break;
      }
      if (sold !== units) wrong.push(`${sku}: ${sold} of ${units} units could be sold`);
    }
  });
  return wrong;
}

function forSale(world: StockWorld, sku: string): number {
  return world.watched.items
    .all()
    .filter(({ pk }) => pk.startsWith('I#'))
    .map((item) => countersOf(shardId(item.pk), item))
    .filter((shard) => shard.sku === sku && typeof shard.shard === 'number')
    .reduce((sum, { available }) => sum + available, 0);
}

/** Runs work in the world's virtual time. */
async function during(world: StockWorld, work: () => Promise<void>): Promise<void> {
  const done = work();
  await world.time.run();
  await done;
}
