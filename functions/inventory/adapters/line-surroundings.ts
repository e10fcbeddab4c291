import type { Surroundings } from '../domain/survey-stock.ts';
import type { WaitingLines } from '../domain/waiting-line.ts';
import { type StockStoreOptions, stockSurroundings } from './dynamodb-stock-store.ts';
import { waitingLines } from './waiting-lines.ts';

/** What whoever lets orders wait or serves them works with. Make one for the process. */
export function lineSurroundings(
  table: string,
  options: StockStoreOptions = {},
): Surroundings & { readonly lines: WaitingLines } {
  return { ...stockSurroundings(table, options), lines: waitingLines(table, options.client) };
}
