import { isRefusal, type Refusal } from '../../../shared/kernel/refusal.ts';
import { assertUnits } from '../../../shared/kernel/units.ts';
import { decideMove, moveFrom, moveRecord } from '../domain/decide-move.ts';
import { type CannotTake, idReused, type Move, repeated } from '../domain/ledger-record.ts';
import { type PostDependencies, postUntilDone } from './post-entry.ts';

/**
 * Moves units that are for sale from one location to another, once for the move's id.
 *
 * @throws RangeError for a move to the same location.
 */
export async function bookMove(
  move: Move,
  dependencies: PostDependencies,
): Promise<Move | Refusal<'LEDGER_ID_REUSED'> | CannotTake> {
  const { sku, from, to, quantity } = move;
  assertUnits(quantity);
  if (from === to) throw new RangeError(`a move needs two locations, and both are ${from}`);
  const record = moveRecord(move);
  const result = await postUntilDone(sku, [from, to], record, dependencies, (books) => decideMove(move, record, books));
  if (isRefusal(result)) return result;
  if ('done' in result) return move;
  return repeated(move, moveFrom(result.before), ['sku', 'from', 'to', 'quantity']) ?? idReused('moveId');
}
