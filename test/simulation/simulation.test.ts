import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inParallel } from '../../bench/client/in-parallel.ts';
import { ageOrder } from '../sagas/age-order.ts';
import type { Ledger } from '../support/ledger.ts';
import { isUnfinished, ledgersOf, violationsIn } from './audit.ts';
import { actionsFrom, type Happening } from './story.ts';
import { whatHappened } from './what-happened.ts';
import { World } from './world.ts';

/** CONTRIBUTING.md has the variables with which a campaign runs or an earlier run is repeated. */
const first = Number(process.env.HOLDFAST_SIMULATION_SEED ?? Date.now() % 2 ** 31);
const seeds = Array.from({ length: Number(process.env.HOLDFAST_SIMULATION_SEEDS ?? 1) }, (_, index) => first + index);
const orders = Number(process.env.HOLDFAST_SIMULATION_ORDERS ?? 24);
const timeout = 60_000 + orders * 2_000;

/** Concurrent requests. */
const atOnce = 6;
/** Rounds in which holds are resolved: an order may go on hold again for its next fault. */
const rounds = 12;
/** Rounds in which time passes for unfinished orders: a resumed one may fail again for its next fault. */
const resumptions = 12;
/** Seconds after which an order that should have gone on is continued. Its hold lives longer. */
const overdueSeconds = 400;
/** Invocations of the app's own functions at the same time, which the busiest moments exceed. */
const concurrency = { most: 16, except: ['AnswerStripe', 'AnswerEasypost', 'ShowLabel'] };

describe.each([
  { sagaType: 'STANDARD', crashes: 1 },
  { sagaType: 'EXPRESS', crashes: 0 },
])('a shop with $sagaType sagas and random faults', ({ sagaType, crashes }) => {
  test.each(seeds)(
    `keeps its books (HOLDFAST_SIMULATION_SEED=%i HOLDFAST_SIMULATION_ORDERS=${orders})`,
    { timeout },
    async (seed) => {
      const dataDir = mkdtempSync(join(tmpdir(), 'holdfast-simulation-'));
      const world = new World({ memory: false, dataDir, context: { sagaType }, clockAheadMs: 1_000, concurrency });
      try {
        await world.open();
        const parts = split(actionsFrom(seed, orders), crashes + 1);
        for (const [index, part] of parts.entries()) {
          const last = index === parts.length - 1;
          const happenings = inParallel(part, atOnce, (each) => world.happen(each));
          if (!last) await Promise.all([happenings, crashAmid(world)]);
          await happenings;
        }
        await expectNone(world, await finishedLedgers(world), await violationsIn(world, await ledgersOf(world)));
        const ledgers = await seeToUnfinished(world);
        await expectNone(world, ledgers, await violationsIn(world, ledgers));
        const last = await seeToHolds(world, ledgers);
        await expectNone(world, last, await violationsIn(world, last));
      } finally {
        await world.close();
        rmSync(dataDir, { recursive: true, force: true });
      }
    },
  );
});

function split(story: readonly Happening[], parts: number): Happening[][] {
  const size = Math.ceil(story.length / parts);
  return Array.from({ length: parts }, (_, index) => story.slice(index * size, (index + 1) * size));
}

/** Crashes while requests and sagas are running. */
async function crashAmid(world: World): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await world.crash();
}

async function finishedLedgers(world: World): Promise<Ledger[]> {
  const { local } = await world.stage;
  local.faults.clear();
  await local.settled();
  return ledgersOf(world);
}

/** Asserts that there are no findings; the message describes the orders that the findings name. */
async function expectNone(world: World, ledgers: readonly Ledger[], findings: readonly unknown[]): Promise<void> {
  const description = findings.length === 0 ? '' : await whatHappened(world, ledgers, JSON.stringify(findings));
  expect(findings, description).toEqual([]);
}

/** Lets time pass for orders whose executions were lost or failed, until each has ended or waits for a person. */
async function seeToUnfinished(world: World): Promise<readonly Ledger[]> {
  let ledgers = await ledgersOf(world);
  for (let round = 0; round < resumptions && ledgers.some(isUnfinished); round++) {
    const { local } = await world.stage;
    for (const { order } of ledgers.filter(isUnfinished)) {
      await ageOrder(local, order.orderId, order.version, overdueSeconds);
    }
    await local.invoke('ResumeUnfinished', {}).catch(() => undefined);
    ledgers = await finishedLedgers(world);
  }
  const unfinished = ledgers.filter(isUnfinished).map(({ order }) => `${order.orderId} is unfinished: ${order.status}`);
  await expectNone(world, ledgers, unfinished);
  return ledgers;
}

/** Resolves holds as a person would, until only captures that the gateway refuses remain. */
async function seeToHolds(world: World, first: readonly Ledger[]): Promise<readonly Ledger[]> {
  let ledgers = first;
  for (let round = 0; round < rounds && ledgers.some(waits); round++) {
    for (const { order } of ledgers.filter(waits)) {
      const nth = order.shipments.findIndex(({ shipmentId }) => shipmentId === order.hold?.shipmentId);
      if (nth < 0) await world.happen({ kind: 'cancel', order: [...world.placements.keys()].indexOf(order.orderId) });
      else await world.dispatch(order.orderId, nth);
    }
    await finishedLedgers(world);
    ledgers = await seeToUnfinished(world);
  }
  const waiting = ledgers.filter(waits).map(({ order }) => `${order.orderId} waits: ${order.hold?.detail}`);
  await expectNone(world, ledgers, waiting);
  return ledgers;
}

function waits({ order, payments }: Ledger): boolean {
  const hopeless = payments.some(({ paymentMethodId }) => paymentMethodId === 'pm_sandbox_captureFails');
  return order.status === 'on_hold' && !(hopeless && order.hold?.reason === 'capture_failed');
}
