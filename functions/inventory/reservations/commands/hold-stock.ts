import type { Instant } from '../../../shared/kernel/time.ts';
import type { ReserveAnswer } from '../domain/reserve-answers.ts';
import type { StockRequest } from '../domain/stock-store.ts';
import { newestBoards } from './find-stock.ts';
import { reserveByJournal } from './reserve-by-journal.ts';
import { reserveByTransaction } from './reserve-by-transaction.ts';
import { knownPlans, type Surroundings } from './survey-stock.ts';

/**
 * An order with a hot SKU among its lines takes the path of that; its cold lines go along. A plan that this process
 * remembers may be of yesterday: either path is right for any SKU, it is only the slower one.
 */
export async function reserveStock(request: StockRequest, now: Instant, around: Surroundings): Promise<ReserveAnswer> {
  const skus = [...new Set(request.lines.map(({ sku }) => sku))];
  const unknown = new Set(skus.filter((sku) => around.memory.plan(sku) === undefined));
  const plans = await knownPlans(skus, around);
  const hot = plans.filter(({ path }) => path === 'J');
  if (hot.length === 0) return reserveByTransaction(request, now, around);
  // In the crowd at the end of a sale most processes are new: without this each would try a shard that is long empty.
  await newestBoards(
    hot.filter(({ sku }) => unknown.has(sku)),
    true,
    around,
  );
  return reserveByJournal(request, now, plans, around);
}
