import { backOff } from '../../../shared/kernel/backoff.ts';
import { TransientFault } from '../../../shared/kernel/faults.ts';
import { type FieldError, isRefusal, type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import { untilUncontended } from '../../../shared/kernel/until-uncontended.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { LedgerRecord, Posting } from '../../sharding/commands/stock-table.ts';
import { availableIn, type LocationBooks, readBooks, type SkuBooks } from '../domain/location-books.ts';

/** Times an entry is decided anew because the shards changed meanwhile. With the pauses between them some two seconds. */
const maxDecisions = 12;

/**
 * Decides on what lies at some locations and writes, again when that was not so any more.
 *
 * @param decide the posting; undefined when there is nothing to do.
 * @throws TransientFault when others were faster every time.
 */
export async function postUntilDone<Refused extends Refusal>(
  sku: string,
  locations: readonly string[],
  entry: Pick<LedgerRecord, 'kind' | 'id'> | undefined,
  around: Surroundings,
  decide: (books: SkuBooks) => Omit<Posting, 'sku'> | Refused | undefined,
): Promise<{ readonly done: SkuBooks } | { readonly before: LedgerRecord } | Refused> {
  const { table, memory, pace } = around;
  for (let attempt = 0; attempt < maxDecisions; attempt++) {
    const books = await readBooks(sku, locations, entry, around);
    if (books.record !== undefined) return { before: books.record };
    const posting = decide(books);
    if (posting === undefined) return { done: books };
    if (isRefusal(posting)) return posting as Refused;
    const result = await untilUncontended(pace, () => table.post({ sku, ...(posting as Omit<Posting, 'sku'>) }));
    if (result.outcome === 'repeated') return { before: result.record };
    if (result.outcome === 'posted') {
      memory.forget((posting as Posting).changes);
      memory.forgetPlan(sku);
      return { done: books };
    }
    await backOff(attempt, pace);
  }
  throw new TransientFault(`SKU ${sku}: its stock changed ${maxDecisions} times meanwhile`);
}

/**
 * Why units cannot be taken.
 *
 * @param limit the field that asked for too many, and what it may be.
 */
export function cannotTake(
  { location, open, safety }: LocationBooks,
  quantity: number,
  limit: (available: number) => FieldError,
): Refusal<'NOT_ENOUGH_AVAILABLE' | 'STOCK_TOO_SPREAD'> {
  const available = availableIn(open);
  if (available >= quantity) return tooSpread(location, open.length);
  const kept = safety.available > 0 ? `; ${safety.available} more are kept back for safety` : '';
  return refuse(
    'NOT_ENOUGH_AVAILABLE',
    `${quantity} units are to leave ${location} and ${available} are available there${kept}.`,
    [limit(available)],
  );
}

export function tooSpread(location: string, shards: number): Refusal<'STOCK_TOO_SPREAD'> {
  return refuse('STOCK_TOO_SPREAD', `The units lie in ${shards} shards at ${location}, more than one change reaches.`);
}

/** A repetition has the first answer if it asks for the same. */
export function answerRepetition<Asked extends object>(
  asked: Asked,
  before: Asked,
  same: readonly (keyof Asked)[],
  idName: keyof Asked & string,
): Asked | Refusal<'LEDGER_ID_REUSED'> {
  if (same.every((field) => asked[field] === before[field])) return before;
  return refuse('LEDGER_ID_REUSED', 'The id was used for something else before.', [
    { path: idName, message: 'used before' },
  ]);
}
