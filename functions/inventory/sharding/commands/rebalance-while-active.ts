import type { Pace } from '../../../shared/kernel/backoff.ts';
import { type Clock, millisecondsOf } from '../../../shared/kernel/time.ts';
import type { HotSkuRebalancer, Rebalanced } from './rebalance-hot-skus.ts';

/**
 * Between two rounds while something is being sold. A journal entry is taken for abandoned when it is five seconds old,
 * so that the units of a crashed worker are for sale again within ten.
 */
const betweenRoundsMs = 4_500;
/** The schedule starts the next run after a minute; this one begins no round after so long. */
const runMs = 50_000;

/** One round at once, and another every few seconds as long as something is being sold. With nothing hot that is one small read. */
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
