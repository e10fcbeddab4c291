import type { Group } from '../../../api/define-route.ts';
import { type Actor, belongsTo, isStaff } from '../../shared/actor.ts';
import { orderIdPattern } from '../../shared/kernel/ids.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Commit } from '../domain/commit.ts';
import { foldOrder } from '../domain/fold-order.ts';
import type { Order } from '../domain/order.ts';
import type { OrderLog } from './order-log.ts';

/** The answer for an order that does not exist, and for one that the caller may not see. */
const noSuchOrder = () => refuse('NOT_FOUND', 'There is no such order.');

/**
 * The order and its commits.
 *
 * @param also groups that may read the order, besides its customer and staff.
 * @returns a refusal when there is no such order or the caller may not see it.
 */
export async function readOrder(
  log: OrderLog,
  actor: Actor,
  orderId: string,
  also: readonly Group[] = [],
): Promise<{ readonly order: Order; readonly commits: readonly Commit[] } | Refusal<'NOT_FOUND'>> {
  if (!orderIdPattern.test(orderId)) return noSuchOrder();
  const commits = await log.read(orderId);
  const order = foldOrder(commits);
  return order === undefined || !(mayRead(actor, order) || belongsTo(actor, also)) ? noSuchOrder() : { order, commits };
}

/** True for the customer of the order and for staff, who may also see its address and contact. */
export function mayRead(actor: Actor, order: Pick<Order, 'customerId'>): boolean {
  return isStaff(actor) || order.customerId === actor.id;
}
