import { isTransient } from '../../shared/kernel/faults.ts';
import type { Commit } from '../domain/commit.ts';
import { foldOrder } from '../domain/fold-order.ts';
import type { Order } from '../domain/order.ts';
import { type OrderView, orderView } from '../domain/order-view.ts';
import { firstDue, type Unfinished } from '../domain/unfinished.ts';
import type { OrderLog } from './order-log.ts';

/** Orders projected at the same time. */
const concurrency = 8;

/** An item of the order log's stream. Its key has the order's id. */
interface LogItem {
  readonly key: Readonly<Record<string, string>>;
}

/** An item whose order can never be projected, and the error. */
interface Unprojectable<Item> {
  readonly item: Item;
  readonly error: unknown;
}

/**
 * Folds every order of a batch once and writes its view. Commits from version 1 on without a gap are the whole order; any
 * other order is read from the log, so late, duplicate and unordered records give the same view.
 *
 * @param deps `commitOf` reads the commit in an item of the stream and throws when the item is malformed. `write` gets
 *   the view and what is due first of what is under way. `holdSeconds`: how long stock is held for an unconfirmed order.
 * @returns the items whose order can never be projected.
 */
export function viewProjector<Item extends LogItem>(deps: {
  readonly log: Pick<OrderLog, 'read'>;
  readonly commitOf: (item: Item) => Commit;
  readonly write: (view: OrderView, due: Unfinished | undefined) => Promise<void>;
  readonly holdSeconds: number;
}) {
  const { log, commitOf, write, holdSeconds } = deps;
  const project = async (items: readonly Item[]): Promise<readonly Unprojectable<Item>[]> => {
    try {
      const order = foldFromStart(items.map(commitOf)) ?? (await reload(log, items));
      if (order !== undefined) await write(orderView(order), firstDue(order, holdSeconds));
      return [];
    } catch (error) {
      if (isTransient(error)) throw error;
      return items.map((item) => ({ item, error }));
    }
  };
  return async (items: readonly Item[]): Promise<readonly Unprojectable<Item>[]> => {
    const orders = [...Map.groupBy(items, ({ key }) => key.orderId ?? '').values()];
    const poison: Unprojectable<Item>[] = [];
    for (let start = 0; start < orders.length; start += concurrency) {
      const results = await Promise.all(orders.slice(start, start + concurrency).map(project));
      poison.push(...results.flat());
    }
    return poison;
  };
}

function foldFromStart(commits: readonly Commit[]): Order | undefined {
  const complete = commits.every((commit, index) => commit.version === index + 1);
  return complete ? foldOrder(commits) : undefined;
}

async function reload(log: Pick<OrderLog, 'read'>, items: readonly LogItem[]): Promise<Order | undefined> {
  const orderId = items[0]?.key.orderId;
  return orderId === undefined ? undefined : foldOrder(await log.read(orderId));
}
