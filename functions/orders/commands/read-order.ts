import type { Group } from '../../../api/define-route.ts';
import { orderIdPattern } from '../../../api/patterns.ts';
import { type Actor, belongsTo, isStaff } from '../../shared/actor.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Commit } from '../domain/commit.ts';
import { foldOrder } from '../domain/fold-order.ts';
import type { PersonalData } from '../domain/line-notes.ts';
import type { Order } from '../domain/order.ts';
import type { ContactStore } from './contact-store.ts';
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

/**
 * The address, contact and notes of an order for its customer and for staff. The warehouse gets the notes alone: it packs
 * by the lines, and the label has the address.
 */
export async function personalDataFor(
  contacts: Pick<ContactStore, 'find'>,
  actor: Actor,
  order: Pick<Order, 'orderId' | 'customerId'>,
): Promise<PersonalData | undefined> {
  const found = await contacts.find(order.orderId);
  return mayRead(actor, order) ? found : { lineNotes: found?.lineNotes };
}

function mayRead(actor: Actor, order: Pick<Order, 'customerId'>): boolean {
  return isStaff(actor) || order.customerId === actor.id;
}

/** The customer whose orders a caller may list; undefined for staff and the warehouse, who list the orders of all. */
export function listedCustomer(actor: Actor): string | undefined {
  return belongsTo(actor, ['staff', 'warehouse']) ? undefined : actor.id;
}
