import type { Action, Item, StoreRequest } from '../../bench/inventory-simulator/memory-items.ts';
import { voidState } from '../../bench/inventory-simulator/memory-records.ts';
import type { CallHook } from '../../bench/inventory-simulator/memory-stores.ts';
import type { Random } from '../../bench/inventory-simulator/random.ts';
import { opening } from '../../bench/inventory-simulator/shop-process.ts';
import type { Snapshot } from '../../functions/inventory/availability/index.ts';
import type { Sabotage, StockWorld } from './stock-world.ts';

type Proceed<Answer> = () => Promise<Answer>;

/** One call of the stores behaves differently; all others are unchanged. */
export function instead(
  wanted: string,
  act: (proceed: Proceed<unknown>, args: readonly unknown[], world: StockWorld) => Promise<unknown>,
): Sabotage {
  return {
    around:
      (world): CallHook =>
      async <Answer>(call: string, args: readonly unknown[], proceed: Proceed<Answer>) =>
        (call === wanted ? act(proceed, args, world) : proceed()) as Promise<Answer>,
  };
}

/** Ways to break the algorithm, each of which looks harmless. */
export const sabotages: Readonly<Record<string, Sabotage>> = {
  'a sweep that gives units back without voiding the nonce first': instead('voidNonce', async () => ({
    outcome: 'voided',
  })),

  'a reservation that binds voided nonces': {
    rewrite: (request, call) => (call === 'hold' ? onlyIf(request, (item) => withoutVoid(item)) : request),
  },

  'nonces that are used again': { nonce: (random: Random) => `n${random.below(4)}` },

  'a debit that is sent again after its entry has left the journal': instead('debit', async (proceed, _, world) => {
    const answer = await proceed();
    // A client that repeats requests after a time-out does this.
    world.time.at(world.time.nowMs + 8_000, () => void proceed().catch(() => undefined));
    return answer;
  }),

  'a debit without the condition that there are enough units': {
    rewrite: (request, call) =>
      call === 'debit' ? onlyIf(request, (item) => item && { ...item, av: Number.POSITIVE_INFINITY }) : request,
  },

  'snapshots that refuse orders at any age': instead('readSnapshot', async (proceed, _, world) => {
    const snapshot = (await proceed()) as Snapshot | undefined;
    return snapshot && { ...snapshot, at: opening + Math.floor(world.time.nowMs), creditsChangedAt: 0 };
  }),

  'debits that are undone although their reservation may be written': instead('hold', async (proceed) => {
    try {
      return await proceed();
    } catch {
      return { outcome: 'insufficient', shards: [] };
    }
  }),
};

/** The request with its conditions checked against another item than the stored one. */
export function onlyIf(request: StoreRequest, pretended: (item: Item | undefined) => Item | undefined): StoreRequest {
  const blind = (action: Action): Action => {
    const { condition } = action;
    return condition === undefined ? action : { ...action, condition: (item) => condition(pretended(item)) };
  };
  if (request.kind === 'write') return { ...request, action: blind(request.action) };
  return request.kind === 'transact' ? { ...request, actions: request.actions.map(blind) } : request;
}

function withoutVoid(item: Item | undefined): Item | undefined {
  return item?.st === voidState ? { ...item, vn: new Set() } : item;
}
