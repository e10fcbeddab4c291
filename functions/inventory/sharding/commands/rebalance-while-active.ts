import type { Pace } from '../../../shared/kernel/backoff.ts';
import type { Clock } from '../../../shared/kernel/time.ts';
import type { Tended } from './rebalance-hot-skus.ts';
import type { StockPlans } from './stock-plans.ts';

/**
 * Between two looks while something is being sold. An entry of a journal is taken for left over when it is five seconds
 * old, so that the units of a crashed worker are for sale again within ten.
 */
const betweenLooksMs = 4_500;
/** The schedule starts the next run after a minute; this one begins no look after so long. */
const runMs = 50_000;

/** Looks at once, and again every few seconds as long as something is being sold. With nothing hot that is one small read. */
export async function tendWhileActive(
  plans: Pick<StockPlans, 'tend'>,
  clock: Clock,
  pace: Pick<Pace, 'sleep'>,
): Promise<readonly Tended[]> {
  const endMs = Date.parse(clock()) + runMs;
  const looks: Tended[] = [];
  for (;;) {
    const look = await plans.tend(clock());
    looks.push(look);
    if (!look.active || Date.parse(clock()) + betweenLooksMs > endMs) return looks;
    await pace.sleep(betweenLooksMs);
  }
}
