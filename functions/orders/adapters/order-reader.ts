import { type Actor, isStaff } from '../../shared/actor.ts';
import { orderIdPattern } from '../../shared/kernel/ids.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Commit } from '../domain/commit.ts';
import { foldOrder } from '../domain/fold-order.ts';
import type { Order } from '../domain/order.ts';
import type { OrderLog } from '../domain/order-log.ts';

/** Somebody else's order is answered like one that does not exist. */
export const noSuchOrder = () => refuse('NOT_FOUND', 'There is no such order.');

type Rule = (actor: Actor, order: Pick<Order, 'customerId'>) => boolean;

/** The owner, and the people who work for the shop. */
export const mayRead: Rule = (actor, order) => actor.groups.includes('warehouse') || mayCancel(actor, order);

/** The owner, and support staff. */
export const mayCancel: Rule = (actor, order) => isStaff(actor) || order.customerId === actor.id;

/** The order and its commits, for those whom the rule lets see it. */
export async function readOrder(
  log: OrderLog,
  actor: Actor,
  orderId: string,
  allowed: Rule = mayRead,
): Promise<{ readonly order: Order; readonly commits: readonly Commit[] } | Refusal<'NOT_FOUND'>> {
  if (!orderIdPattern.test(orderId)) return noSuchOrder();
  const commits = await log.read(orderId);
  const order = foldOrder(commits);
  return order === undefined || !allowed(actor, order) ? noSuchOrder() : { order, commits };
}
