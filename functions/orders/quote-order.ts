import { quoteOrder } from '../../api/quotes.ts';
import { quotingIn } from '../pricing/index.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { placedFor } from './adapters/placed-for.ts';
import { cartOf } from './domain/cart.ts';

const quote = quotingIn(readConfig('CATALOG_TABLE', 'SETTINGS_TABLE', 'DISCOUNTS_TABLE', 'INVENTORY_TABLE'));

export const handler = httpHandler(quoteOrder, async ({ actor, body }) => {
  const whose = placedFor(actor, body, '');
  if (isRefusal(whose)) return whose;
  const answer = await quote(cartOf(body, whose));
  return isRefusal(answer) ? answer : { body: answer };
});
