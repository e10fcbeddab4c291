import { listOrders } from '../../api/orders.ts';
import { readConfig } from '../shared/config.ts';
import { encodeCursor } from '../shared/cursor.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { orderLists } from './adapters/dynamodb-order-lists.ts';
import { readListRange } from './adapters/list-range.ts';
import { listOrdersPage } from './commands/list-orders-page.ts';
import { listedCustomer } from './commands/read-order.ts';

const config = readConfig('ORDER_VIEWS_TABLE');
const lists = orderLists(config.ORDER_VIEWS_TABLE);
const defaultLimit = 20;

export const handler = httpHandler(listOrders, async ({ actor, query }) => {
  const range = readListRange(query, systemClock());
  if (isRefusal(range)) return range;
  const customerId = listedCustomer(actor);
  const { status, limit = defaultLimit } = query;
  const { items, before } = await listOrdersPage(lists, { customerId, status, range, limit });
  return { body: before === undefined ? { items } : { items, nextCursor: encodeCursor({ before }) } };
});
