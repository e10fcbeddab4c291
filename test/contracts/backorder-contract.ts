import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Backorder } from '../../functions/inventory/sharding/index.ts';
import { isTransient } from '../../functions/shared/kernel/faults.ts';
import { type Instant, toInstant } from '../../functions/shared/kernel/time.ts';
import { runs, timeLimitMs } from '../support/campaign.ts';
import type { Stock } from '../support/stock.ts';
import { audit, booksOf } from './stock-store-audit.ts';
import { codeOf, expiresAt, fresh, now } from './stock-store-contract.ts';
import type { Fate } from './stock-store-faults.ts';

/** Sends one request of a process to the store; it may act before or after it, or fail. */
export type Around = <Answer>(send: () => Promise<Answer>) => Promise<Answer>;

/** A stock with backorders, and ways to open processes on it. */
export interface BackorderHarness {
  /** Begins with an empty store. */
  reset(): Promise<void>;
  /** Another process, with empty caches, whose requests go through `around`. */
  open(around?: Around): Stock;
  /** Another process whose requests meet fates. */
  openWithFates(fateOf: () => Fate): Stock;
  /** Everything in the store. */
  items(): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

interface OrderRequest {
  readonly orderId: string;
  readonly lines: readonly { readonly lineId: string; readonly sku: string; readonly quantity: number }[];
  readonly placedAt: Instant;
}

let moment = 0;
/** An order that is placed after all orders that this function returned before. */
function order(wanted: Readonly<Record<string, number>>): OrderRequest {
  moment += 1;
  const lines = Object.entries(wanted).map(([sku, quantity], index) => ({ lineId: `${index + 1}`, sku, quantity }));
  return { orderId: fresh('order'), lines, placedAt: toInstant(Date.parse(now) + moment) };
}

interface WaitingRecord {
  readonly pk: string;
  readonly st: string;
  readonly sku: string;
  readonly q: number;
  readonly u: number;
  readonly waitSku?: string;
}

/** A process that fails after a number of requests, as one that crashed, or loses the answer to one request. */
function faulty(fate: { readonly diesAfter?: number; readonly loses?: number }) {
  let sent = 0;
  const around: Around = async (send) => {
    const number = sent++;
    if (fate.diesAfter !== undefined && number >= fate.diesAfter) throw new Error('the process is dead');
    const answer = await send();
    if (fate.loses === number) throw Object.assign(new Error('the answer is lost'), { name: 'TimeoutError' });
    return answer;
  };
  return { around, sent: () => sent };
}

/** The contract of the backorder queues of a stock. */
export function backorderContract(name: string, { reset, open, openWithFates, items }: BackorderHarness): void {
  beforeEach(reset);

  /** A process on the stock, with caches of its own. */
  function process(around?: Around) {
    return operationsOf(open(around));
  }

  function operationsOf(stock: Stock) {
    return {
      ask: (asked: OrderRequest, orderVersion = 1) => stock.reserve({ ...asked, expiresAt, orderVersion }, now),
      queue: stock.functions.allocation.queue,
      allow: (sku: string, backorder: Backorder = { mode: 'backorder' }) => stock.setBackorder(sku, backorder),
      refuse: (sku: string) => stock.setBackorder(sku, undefined),
      receive: (sku: string, quantity: number, location = 'W1', receiptId = fresh('receipt')) =>
        stock.receive({ receiptId, sku, location, quantity }, now),
      fill: (sku: string) => stock.fillBackorders(sku, expiresAt),
      cancel: (orderId: string) => stock.cancel(orderId),
      confirm: (orderId: string) => stock.confirm(orderId, now),
      levels: (sku: string) => stock.levels(sku),
    };
  }

  /** The stored backorders and queues. */
  async function books() {
    const stored = (await items()) as unknown as readonly WaitingRecord[];
    const all = (prefix: string) => stored.filter(({ pk }) => pk.startsWith(prefix));
    return {
      waiting: all('W#').filter(({ st }) => st === 'WAITING'),
      filled: all('W#').filter(({ st }) => st === 'FILLED'),
      queues: all('Q#'),
    };
  }

  /** Describes the inconsistencies between backorders, queues and stock; empty when there are none. */
  async function contradictions(): Promise<string[]> {
    const { waiting, filled, queues } = await books();
    const units = new Map(queues.map(({ pk, u }) => [pk.slice(2), u]));
    const wrong = waiting.flatMap(({ pk, sku, waitSku }) =>
      sku === waitSku ? [] : [`${pk} is not in the queue of ${sku}`],
    );
    for (const { pk, waitSku } of filled) if (waitSku !== undefined) wrong.push(`${pk} is filled and still queued`);
    for (const [sku, u] of units) {
      const sum = waiting.filter((each) => each.sku === sku).reduce((total, { q }) => total + q, 0);
      if (sum !== u) wrong.push(`${sku}: the queue has ${u} units, its orders want ${sum}`);
    }
    return [...wrong, ...audit(booksOf(await items()))];
  }

  async function stateOf(orderId: string): Promise<string> {
    const { waiting, filled } = await books();
    const { reservations } = booksOf(await items());
    const reservation = reservations.find(({ pk }) => pk === `R#${orderId}`)?.st;
    if (waiting.some(({ pk }) => pk === `W#${orderId}`)) return `waiting ${reservation ?? ''}`.trim();
    return filled.some(({ pk }) => pk === `W#${orderId}`) ? `filled ${reservation}` : (reservation ?? 'unknown');
  }

  describe(`${name}: joining a queue`, () => {
    it('happens once for repeated requests of an order, and its units are counted once', async () => {
      const { ask, allow } = process();
      const sku = fresh('SKU');
      await allow(sku);
      const asked = order({ [sku]: 3 });
      for (let times = 0; times < 3; times++) {
        const answer = await process().ask(asked);
        expect(answer).toEqual({ refused: { code: 'BACKORDERED', detail: `3 of ${sku} are waited for.` } });
      }
      await Promise.all([ask(asked), process().ask(asked)]);
      expect((await books()).queues).toMatchObject([{ u: 3 }]);
      expect(await contradictions()).toEqual([]);
    });

    it('succeeds on repetition after any lost answer', async () => {
      const sku = fresh('SKU');
      await process().allow(sku);
      const probe = faulty({});
      await process(probe.around).ask(order({ [sku]: 1 }));
      for (let call = 0; call < probe.sent(); call++) {
        const asked = order({ [sku]: 1 });
        await process(faulty({ loses: call }).around)
          .ask(asked)
          .catch(() => undefined);
        expect(codeOf(await process().ask(asked))).toBe('BACKORDERED');
        expect(await contradictions()).toEqual([]);
      }
      expect((await books()).waiting).toHaveLength(probe.sent() + 1);
    });

    it('is refused beyond the limit, also for concurrent orders', async () => {
      const sku = fresh('SKU');
      await process().allow(sku, { mode: 'backorder', limit: 7 });
      const answers = await Promise.all(Array.from({ length: 10 }, () => process().ask(order({ [sku]: 2 }))));
      expect(answers.filter((answer) => codeOf(answer) === 'BACKORDERED')).toHaveLength(3);
      expect(answers.filter((answer) => codeOf(answer) === 'OUT_OF_STOCK')).toHaveLength(7);
      expect((await books()).queues).toMatchObject([{ u: 6 }]);
    });

    it('is refused for an order that was released', async () => {
      const { ask, allow, cancel } = process();
      const sku = fresh('SKU');
      await allow(sku);
      const asked = order({ [sku]: 1 });
      await cancel(asked.orderId);
      expect(codeOf(await ask(asked))).toBe('RESERVATION_CLOSED');
      expect(await books()).toMatchObject({ waiting: [], queues: [] });
    });

    it('never misses the units of a concurrent receipt', async () => {
      const sku = fresh('SKU');
      await process().allow(sku);
      // A receipt comes right before one of the order's requests, each in turn: the order or the queue gets its units.
      for (let call = 0; call < 8; call++) {
        let sent = 0;
        const around: Around = async (send) => {
          if (sent++ === call) await process().receive(sku, 1);
          return send();
        };
        const asked = order({ [sku]: 1 });
        const answer = await process(around).ask(asked);
        if (codeOf(answer) === 'BACKORDERED') {
          if (sent > call) expect(await process().levels(sku)).toMatchObject({ available: 0, backorder: { kept: 1 } });
          await process().cancel(asked.orderId);
        } else expect(await process().levels(sku)).toMatchObject({ available: 0 });
        await process().fill(sku);
        const left = (await process().levels(sku))?.available ?? 0;
        if (left > 0) await process().ask(order({ [sku]: left }));
        expect(await contradictions()).toEqual([]);
      }
    });
  });

  describe(`${name}: a receipt`, () => {
    it('reserves the units that orders wait for, and puts the rest on sale', async () => {
      const { ask, allow, receive, levels } = process();
      const sku = fresh('SKU');
      await allow(sku);
      await ask(order({ [sku]: 5 }));
      await receive(sku, 2, 'W1');
      expect(await levels(sku)).toMatchObject({ onHand: 2, available: 0, backorder: { waiting: 5, kept: 2 } });
      await receive(sku, 10, 'W2');
      expect(await levels(sku)).toMatchObject({ onHand: 12, available: 7, backorder: { waiting: 5, kept: 5 } });
      expect(await contradictions()).toEqual([]);
    });

    it('that is repeated reserves its units once', async () => {
      const { ask, allow, receive, levels } = process();
      const sku = fresh('SKU');
      await allow(sku);
      await ask(order({ [sku]: 5 }));
      for (let times = 0; times < 3; times++) await receive(sku, 2, 'W1', 'delivery-1');
      expect(await levels(sku)).toMatchObject({ onHand: 2, backorder: { kept: 2 } });
    });
  });

  describe(`${name}: allocating backorders`, () => {
    it('fills orders in order of placement, and none behind the first that must wait', async () => {
      const { ask, allow, receive, fill } = process();
      const sku = fresh('SKU');
      await allow(sku);
      const [first, second, third] = [order({ [sku]: 2 }), order({ [sku]: 3 }), order({ [sku]: 1 })] as const;
      // They join in reverse order; the time of placement decides.
      for (const each of [third, second, first]) await ask(each);
      await receive(sku, 3);
      await fill(sku);
      const states = async () => Promise.all([first, second, third].map(({ orderId }) => stateOf(orderId)));
      expect(await states()).toEqual(['filled HELD', 'waiting', 'waiting']);
      await receive(sku, 3);
      await fill(sku);
      expect(await states()).toEqual(['filled HELD', 'filled HELD', 'filled HELD']);
      expect(await contradictions()).toEqual([]);
    });

    it('fills all lines of an order or none, and moves it to the queue of another missing SKU, with its place', async () => {
      const { ask, allow, receive, fill, levels } = process();
      const [a, b] = [fresh('SKU'), fresh('SKU')];
      await allow(a);
      await allow(b);
      const asked = order({ [a]: 1, [b]: 1 });
      await ask(asked);
      const later = order({ [b]: 1 });
      await ask(later);
      await receive(a, 1);
      await fill(a);
      expect((await books()).waiting.map(({ sku }) => sku)).toEqual([b, b]);
      // The available units stay on sale until the order can be filled completely.
      expect(await levels(a)).toMatchObject({ available: 1, reserved: 0, backorder: { waiting: 0, kept: 0 } });
      await receive(b, 1);
      await fill(b);
      expect(await stateOf(asked.orderId)).toBe('filled HELD');
      expect(await stateOf(later.orderId)).toBe('waiting');
      expect(await contradictions()).toEqual([]);
    });

    it('fills the first order of two queues with the reserved units of both SKUs', async () => {
      const { ask, allow, receive, fill, levels } = process();
      const [a, b] = [fresh('SKU'), fresh('SKU')];
      await allow(a);
      await allow(b);
      const [first, behindA, behindB] = [order({ [a]: 1, [b]: 1 }), order({ [a]: 4 }), order({ [b]: 4 })] as const;
      for (const each of [first, behindA, behindB]) await ask(each);
      await receive(a, 1);
      await receive(b, 1);
      expect([await levels(a), await levels(b)]).toMatchObject([
        { backorder: { kept: 1 } },
        { backorder: { kept: 1 } },
      ]);
      for (const sku of [a, b]) await fill(sku);
      const states = await Promise.all([first, behindA, behindB].map(({ orderId }) => stateOf(orderId)));
      expect(states).toEqual(['filled HELD', 'waiting', 'waiting']);
      expect(await contradictions()).toEqual([]);
    });

    it('gives no order the units that are reserved for an earlier one', async () => {
      const { ask, allow, receive, fill, levels } = process();
      const [a, b] = [fresh('SKU'), fresh('SKU')];
      await allow(a);
      await allow(b);
      const [before, second] = [order({ [b]: 4 }), order({ [a]: 1, [b]: 1 })] as const;
      for (const each of [before, second]) await ask(each);
      await receive(b, 1);
      await receive(a, 1);
      for (const sku of [a, b, a, b]) await fill(sku);
      expect((await books()).waiting.map(({ sku }) => sku)).toEqual([b, b]);
      expect(await levels(b)).toMatchObject({ available: 0, reserved: 0, backorder: { kept: 1 } });
      await receive(b, 4);
      await fill(b);
      expect(await stateOf(before.orderId)).toBe('filled HELD');
      expect(await stateOf(second.orderId)).toBe('filled HELD');
      expect(await contradictions()).toEqual([]);
    });

    it('fills each order once in concurrent walks', async () => {
      for (let round = 0; round < 10; round++) {
        const { ask, allow, receive } = process();
        const sku = fresh('SKU');
        await allow(sku);
        const orders = Array.from({ length: 4 }, () => order({ [sku]: 2 }));
        for (const each of orders) await ask(each);
        await receive(sku, 7);
        await Promise.all([process().fill(sku), process().fill(sku), process().fill(sku)]);
        const states = await Promise.all(orders.map(({ orderId }) => stateOf(orderId)));
        expect(states).toEqual(['filled HELD', 'filled HELD', 'filled HELD', 'waiting']);
        expect(await process().levels(sku)).toMatchObject({
          reserved: 6,
          available: 0,
          backorder: { waiting: 2, kept: 1 },
        });
        expect(await contradictions()).toEqual([]);
      }
    });

    it.each(['crash', 'lost answer'])('completes in the next walk after a %s at any request', async (kind) => {
      const setting = async () => {
        const { ask, allow, receive } = process();
        const sku = fresh('SKU');
        await allow(sku);
        const [first, second] = [order({ [sku]: 2 }), order({ [sku]: 2 })] as const;
        await ask(first);
        await ask(second);
        await receive(sku, 5);
        return { sku, orders: [first, second] };
      };
      const probe = faulty({});
      await process(probe.around).fill((await setting()).sku);
      expect(probe.sent()).toBeGreaterThan(8);
      for (let call = 0; call < probe.sent(); call++) {
        const { sku, orders } = await setting();
        const fate = kind === 'crash' ? { diesAfter: call } : { loses: call };
        await process(faulty(fate).around)
          .fill(sku)
          .catch(() => undefined);
        expect(await contradictions()).toEqual([]);
        await process().fill(sku);
        expect(await Promise.all(orders.map(({ orderId }) => stateOf(orderId)))).toEqual([
          'filled HELD',
          'filled HELD',
        ]);
        expect(await process().levels(sku)).toMatchObject({
          reserved: 4,
          available: 1,
          backorder: { waiting: 0, kept: 0 },
        });
        expect(await contradictions()).toEqual([]);
      }
    });

    it('leaves no units with an order that is cancelled during the walk', async () => {
      // More than the requests of a walk: in the last rounds the order is cancelled after it.
      for (let call = 0; call < 20; call++) {
        const { ask, allow, receive } = process();
        const sku = fresh('SKU');
        await allow(sku);
        const [first, second] = [order({ [sku]: 2 }), order({ [sku]: 1 })] as const;
        await ask(first);
        await ask(second);
        await receive(sku, 2);
        let sent = 0;
        const around: Around = async (send) => {
          if (sent++ === call) await process().cancel(first.orderId);
          return send();
        };
        await process(around).fill(sku);
        if (sent <= call) await process().cancel(first.orderId);
        await process().fill(sku);
        expect(await stateOf(first.orderId)).toMatch(/RELEASED$/);
        expect(await stateOf(first.orderId)).not.toMatch(/waiting/);
        expect(await stateOf(second.orderId)).toBe('filled HELD');
        expect(await process().levels(sku)).toMatchObject({
          onHand: 2,
          available: 1,
          reserved: 1,
          backorder: { kept: 0 },
        });
        expect(await contradictions()).toEqual([]);
      }
    });

    it('deletes the record of a filled order, and never the record of a later wait', async () => {
      const { refuse, ask, allow, receive, fill, queue } = process();
      const [a, b] = [fresh('SKU'), fresh('SKU')];
      await allow(a);
      await allow(b);
      const asked = order({ [a]: 1, [b]: 1 });
      await ask(asked);
      // The order leaves its queue without a reservation, because no order may wait for the other SKU.
      await refuse(b);
      await receive(a, 1);
      await fill(a);
      const first = await queue.find(asked.orderId);
      if (first?.state !== 'filled') throw new Error('the order has not left its queue');
      await queue.forget(first);
      await allow(b);
      expect(codeOf(await process().ask(asked, 3))).toBe('BACKORDERED');
      await receive(b, 1);
      await fill(b);
      expect(await stateOf(asked.orderId)).toBe('filled HELD');
      // The first deletion is carried out again, late.
      await queue.forget(first);
      expect(await stateOf(asked.orderId)).toBe('filled HELD');
      const second = await queue.find(asked.orderId);
      if (second !== undefined) await queue.forget(second);
      expect(await stateOf(asked.orderId)).toBe('HELD');
    });

    it('removes an order from the queue that got a reservation elsewhere', async () => {
      const { refuse, ask, allow, receive, fill } = process();
      const sku = fresh('SKU');
      await allow(sku);
      const asked = order({ [sku]: 1 });
      await ask(asked);
      await refuse(sku);
      // A second run of the saga reserves units that went on sale before the queue could get them.
      await process().cancel(fresh('order'));
      await receive(sku, 2);
      expect(codeOf(await process().ask(asked))).toBeUndefined();
      await fill(sku);
      expect(await stateOf(asked.orderId)).toBe('filled HELD');
      expect(await process().levels(sku)).toMatchObject({
        available: 1,
        reserved: 1,
        backorder: { waiting: 0, kept: 0 },
      });
      expect(await contradictions()).toEqual([]);
    });
  });

  describe(`${name}: concurrent backorders with lost answers, repetitions and crashes`, () => {
    const fate = fc.oneof(
      { weight: 12, arbitrary: fc.constant<Fate>('sound') },
      { weight: 2, arbitrary: fc.constant<Fate>('lost-acknowledgement') },
      { weight: 2, arbitrary: fc.constant<Fate>('sent-twice') },
      { weight: 1, arbitrary: fc.constant<Fate>('contended') },
      { weight: 1, arbitrary: fc.constant<Fate>('never-sent') },
    );
    const op = fc.record({
      kind: fc.constantFrom('ask', 'ask', 'ask', 'receive', 'receive', 'fill', 'fill', 'cancel', 'confirm'),
      order: fc.nat(7),
      sku: fc.nat(1),
      units: fc.integer({ min: 1, max: 4 }),
      retries: fc.constantFrom(0, 3),
    });

    /** The units that eight orders want: of one SKU or of both, in either order. */
    const wanted = fc.array(
      fc.uniqueArray(fc.record({ sku: fc.nat(1), units: fc.integer({ min: 1, max: 4 }) }), {
        selector: ({ sku }) => sku,
        minLength: 1,
      }),
      { minLength: 8, maxLength: 8 },
    );

    it(
      'keep their totals correct, and in the end every order that can be filled is filled',
      async () => {
        await fc.assert(
          fc.asyncProperty(
            wanted,
            fc.array(op, { minLength: 20, maxLength: 40 }),
            fc.infiniteStream(fate),
            async (wants, ops, fates) => {
              await reset();
              const skus = [fresh('SKU'), fresh('SKU')] as const;
              const orders = wants.map((units) =>
                order(Object.fromEntries(units.map((each) => [skus[each.sku], each.units]))),
              );
              for (const sku of skus) await process().allow(sku);
              const dealt = () => fates.next().value ?? 'sound';
              const worker = async (mine: typeof ops) => {
                for (const { kind, units, retries, ...which } of mine) {
                  const { orderId } = orders[which.order] as OrderRequest;
                  const sku = skus[which.sku] as string;
                  const receiptId = fresh('receipt');
                  for (let attempt = 0; attempt <= retries; attempt++) {
                    const one = operationsOf(openWithFates(dealt));
                    const acts = {
                      ask: () => one.ask(orders[which.order] as OrderRequest),
                      receive: () => one.receive(sku, units, units % 2 ? 'W1' : 'W2', receiptId),
                      fill: () => one.fill(sku),
                      cancel: () => one.cancel(orderId),
                      confirm: () => one.confirm(orderId),
                    };
                    try {
                      await acts[kind as keyof typeof acts]();
                      break;
                    } catch (error) {
                      if (!isTransient(error)) throw error;
                    }
                  }
                }
              };
              await Promise.all([0, 1, 2].map((index) => worker(ops.filter((_, position) => position % 3 === index))));
              expect(await contradictions()).toEqual([]);
              // An order that moves changes another queue; three rounds are enough for two queues.
              for (let round = 0; round < 3; round++) for (const sku of skus) await process().fill(sku);
              expect(await contradictions()).toEqual([]);
              const { waiting } = await books();
              for (const sku of skus) await process().fill(sku);
              // Further walks move no order, as an order that moves back and forth would trigger walks without end.
              expect((await books()).waiting).toEqual(waiting);
              for (const sku of skus) {
                const { available = 0, backorder } = (await process().levels(sku)) ?? {};
                expect(backorder?.kept ?? 0).toBeLessThanOrEqual(backorder?.waiting ?? 0);
                const [first] = (await books()).waiting
                  .filter((each) => each.sku === sku)
                  .sort((one, other) => (placedAt(orders, one.pk) < placedAt(orders, other.pk) ? -1 : 1));
                if (first !== undefined) expect(available + (backorder?.kept ?? 0)).toBeLessThan(first.q);
              }
            },
          ),
          { numRuns: runs(25), endOnFailure: true },
        );
      },
      timeLimitMs(120_000),
    );
  });
}

function placedAt(orders: readonly OrderRequest[], pk: string): string {
  return orders.find(({ orderId }) => pk === `W#${orderId}`)?.placedAt ?? '';
}
