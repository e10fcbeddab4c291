import type { Pace } from '../../../shared/kernel/backoff.ts';
import { type Clock, millisecondsOf } from '../../../shared/kernel/time.ts';
import type { HotSkuRebalancer, Rebalanced } from './rebalance-hot-skus.ts';

/**
 * Pause between two rounds while units are being sold. A journal entry counts as abandoned when it is five seconds old,
 * so that the units of a crashed worker are for sale again within ten.
 */
const betweenRoundsMs = 4_500;
/** The schedule starts the next run after a minute; this run begins no round later than this after its start. */
const runMs = 50_000;

/**
 * Runs one round at once, and another every few seconds as long as units are being sold. Without a hot SKU this costs
 * one small read.
 */
export async function rebalanceWhileActive(
  rebalance: HotSkuRebalancer,
  clock: Clock,
  pace: Pick<Pace, 'sleep'>,
): Promise<readonly Rebalanced[]> {
  const nowMs = millisecondsOf(clock);
  const endMs = nowMs() + runMs;
  const rounds: Rebalanced[] = [];
  for (;;) {
    const round = await rebalance(clock());
    rounds.push(round);
    if (!round.active || nowMs() + betweenRoundsMs > endMs) return rounds;
    await pace.sleep(betweenRoundsMs);
  }
}
