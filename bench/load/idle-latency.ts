import { setTimeout as sleep } from 'node:timers/promises';
import type { Shop } from '../client/shop.ts';
import { type Spread, spreadOf } from '../statistics/percentiles.ts';
import { Flows } from './flow.ts';
import type { Workload } from './workload.ts';

/** Long enough for everything of the last order to be over, the views' batching window too. */
const pauseMs = 1_200;

/** Milliseconds from place to confirmed, one order at a time on a machine that does nothing else. */
export async function idleLatency(shop: Shop, workload: Workload, orders: number): Promise<Spread | undefined> {
  const flows = new Flows(shop);
  const times: number[] = [];
  for (let index = 0; index < orders; index++) {
    times.push((await flows.confirmed(workload.next(1))).confirmedMs);
    await sleep(pauseMs);
  }
  return spreadOf(times);
}
