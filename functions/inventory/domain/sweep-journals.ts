import type { SweptJournals } from './stock-store.ts';
import type { Surroundings } from './survey-stock.ts';

export async function sweepJournals(_skus: readonly string[], _around: Surroundings): Promise<SweptJournals> {
  return { healedCount: 0, droppedCount: 0, leftCount: 0 };
}
