import { Sale } from './sale.ts';
import { type SaleResult, summarize } from './sale-result.ts';
import type { Scenario } from './scenario.ts';

/** Runs one sale to its end. The same scenario gives exactly the same result. */
export async function runSale(scenario: Scenario): Promise<SaleResult> {
  const sale = new Sale(scenario);
  await sale.run();
  return summarize(sale);
}
