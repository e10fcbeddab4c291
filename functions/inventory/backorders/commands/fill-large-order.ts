import { untilUncontended } from '../../../shared/kernel/contention.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import {
  debitTogether,
  dropTogether,
  fitsOneReservation,
  newHold,
  perShard,
  type TogetherDependencies,
  undoTogether,
} from '../../reservations/index.ts';
import type { Allocated } from '../../sourcing/index.ts';
import type { BackorderedOrder } from '../domain/backorder.ts';
import type { BackorderQueue } from './backorder-queue.ts';

/**
 * Fills an order whose units are in more shards than one transaction can change: debits each shard by a plain write, and
 * then binds the debits and takes the order from its queue in one transaction. The next walk of the queue returns what an
 * interrupted one has debited.
 *
 * @returns false when nothing was changed, because another request was faster.
 * @throws Error for units of too many shards.
 */
export async function fillLargeOrder(
  order: BackorderedOrder,
  { parts, sourcing }: Allocated,
  expiresAt: Instant,
  dependencies: TogetherDependencies & { readonly queue: Pick<BackorderQueue, 'fill'> },
): Promise<boolean> {
  const { queue, pace } = dependencies;
  const { orderId } = order;
  if (!fitsOneReservation(parts)) throw new Error(`order ${orderId}: its units are in too many shards`);
  const debited = await debitTogether(orderId, perShard(parts), dependencies);
  if (debited.outcome !== 'debited') return false;
  const { attempt } = debited;
  const { nonce } = attempt;
  const reservation = newHold({ orderId, expiresAt }, { parts: parts.map((part) => ({ ...part, nonce })), sourcing });
  const result = await untilUncontended(pace, () => queue.fill(order, reservation));
  // A repeated request may find the reservation that the first one has written.
  const isOurs = result.outcome === 'exists' && result.reservation.parts.some((part) => part.nonce === nonce);
  const isFilled = result.outcome === 'filled' || isOurs;
  await (isFilled ? dropTogether : undoTogether)(attempt, dependencies);
  return isFilled;
}
