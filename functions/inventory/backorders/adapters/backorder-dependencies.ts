import { type StockStoreOptions, stockSurroundings } from '../../reservations/adapters/dynamodb-stock-store.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { WaitingLines } from '../commands/backorder-queue.ts';
import { waitingLines } from './dynamodb-backorder-queue.ts';

/** What whoever lets orders wait or serves them works with. Make one for the process. */
export function lineSurroundings(
  table: string,
  options: StockStoreOptions = {},
): Surroundings & { readonly lines: WaitingLines } {
  return { ...stockSurroundings(table, options), lines: waitingLines(table, options.client) };
}
