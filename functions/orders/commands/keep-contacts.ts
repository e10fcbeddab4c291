import type { ContactStore } from './contact-store.ts';

/** Contacts kept at the same time. */
const concurrency = 8;

/**
 * Makes a consumer of the order log keep the contact of every order that was placed, beside what it does itself. It reads
 * the key of a log item and nothing else, so that an order whose commits cannot be read keeps its contact, too.
 *
 * @param consume handles a batch of log items; items may come late, twice, and in any order.
 */
export function keepingContacts<Item extends { readonly key: Readonly<Record<string, string>> }, Result>(
  contacts: Pick<ContactStore, 'keep'>,
  consume: (items: readonly Item[]) => Promise<Result>,
): (items: readonly Item[]) => Promise<Result> {
  const keepAll = async (orderIds: readonly string[]): Promise<void> => {
    for (let start = 0; start < orderIds.length; start += concurrency) {
      await Promise.all(orderIds.slice(start, start + concurrency).map((orderId) => contacts.keep(orderId)));
    }
  };
  return async (items) => {
    const placed = new Set(items.flatMap(({ key }) => (key.version === '1' ? (key.orderId ?? []) : [])));
    const [result] = await Promise.all([consume(items), keepAll([...placed])]);
    return result;
  };
}
