import type { Action, Item, StoreRequest } from '../../bench/inventory-simulator/memory-items.ts';
import { backorderKey, queuePrefix } from '../../functions/inventory/backorders/index.ts';
import type { ShardCounters } from '../../functions/inventory/sharding/index.ts';
import { instead } from './stock-sabotage.ts';
import type { Sabotage } from './stock-world.ts';

const isQueue = ({ key }: Action) => key.startsWith(queuePrefix);

/** Ways to break the backorder queues, each of which looks harmless. */
export const backorderSabotages: Readonly<Record<string, Sabotage>> = {
  'an order that is filled without a change of the count of its queue': {
    rewrite: (request, call) => (call === 'fill' ? without(request, isQueue) : request),
  },

  'an order that is filled twice': {
    rewrite: (request, call) =>
      call === 'fill' ? unconditional(request, ({ key }) => !key.startsWith('I#')) : request,
  },

  'a cancelled order that stays in its queue': instead('leave', async () => ({ outcome: 'done' })),

  'a receipt and a walk that ignore the units reserved for backorders': instead('read', async (proceed) => {
    const shards = await proceed();
    if (!Array.isArray(shards)) return shards;
    return (shards as ShardCounters[]).map((each) => (each.shard === 'backorder' ? { ...each, available: 0 } : each));
  }),

  'an order that joins a queue that has changed since it was read': {
    rewrite: (request, call) => (call === 'join' ? unconditional(request, isQueue) : request),
  },

  'units that come back and wake no queue': instead('wake', async () => 0),

  'a surplus that stays reserved': instead('putOnSale', async () => ({ outcome: 'done' })),

  'a record of a filled order that is deleted before its saga is resumed': instead(
    'fill',
    async (proceed, args, world) => {
      const answer = await proceed();
      const { orderId } = args[0] as { readonly orderId: string };
      const key = backorderKey(orderId);
      const isFilled = (item: Item | undefined) => item?.st === 'FILLED';
      const action = { key, condition: isFilled, apply: () => ({ pk: key }), remove: true };
      await world.watched.send({ kind: 'write', action });
      return answer;
    },
  ),
};

/** A transaction without some of its actions. */
function without(request: StoreRequest, isLeftOut: (action: Action) => boolean): StoreRequest {
  if (request.kind !== 'transact') return request;
  return { ...request, actions: request.actions.filter((action) => !isLeftOut(action)) };
}

/** A transaction of which some actions have no condition. */
function unconditional(request: StoreRequest, isBlind: (action: Action) => boolean): StoreRequest {
  if (request.kind !== 'transact') return request;
  const actions = request.actions.map((action) => {
    const { condition: _condition, ...blind } = action;
    return isBlind(action) ? blind : action;
  });
  return { ...request, actions };
}
