import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import { assertUnits } from '../../../shared/kernel/units.ts';
import { countFrom, decideCount, deltaOf } from '../domain/decide-count.ts';
import { type CannotTake, type Count, idReused, repeated } from '../domain/ledger-record.ts';
import { type PostDependencies, postUntilDone } from './post-entry.ts';

/** Sets the units on hand at a location (for sale, reserved and withheld together), once for the count's id. */
export async function bookCount(
  count: Omit<Count, 'delta'>,
  dependencies: PostDependencies,
): Promise<Count | Refusal<'LEDGER_ID_REUSED'> | CannotTake> {
  assertUnits(count.counted, 0);
  const { sku, location } = count;
  let decided: Count = { ...count, delta: 0 };
  const entry = { kind: 'count', id: count.countId } as const;
  const result = await postUntilDone(sku, [location], entry, dependencies, (books) => {
    decided = { ...count, delta: deltaOf(count, books) };
    return decideCount(decided, books);
  });
  if (isRefusal(result)) return result;
  if ('done' in result) return decided;
  const before = countFrom(result.before);
  return repeated({ ...count, delta: before.delta }, before, ['sku', 'location', 'counted']) ?? idReused('countId');
}
