import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { discountUses } from '../../functions/pricing/adapters/dynamodb-discount-uses.ts';
import type { DiscountUse, DiscountUses } from '../../functions/pricing/commands/discount-store.ts';
import { isRefusal } from '../../functions/shared/kernel/refusal.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';
import { pointAwsAt } from '../support/environment.ts';
import { type Fate, fatefulClient } from './stock-store-faults.ts';

let store: TestStore;
let table: string;
let uses: DiscountUses;
let tests = 0;
let code: string;
let other: string;

beforeAll(async () => {
  store = await startStore();
  pointAwsAt({ store });
  table = await store.createTable(layouts.discounts);
  uses = discountUses(table);
});
afterAll(() => store.stop());
beforeEach(() => {
  tests += 1;
  [code, other] = [`CODE-${tests}`, `OTHER-${tests}`];
});

const order = (name: string, customerId = name) => ({ orderId: `ord_${name}`, customerId });
const use = (change: Partial<DiscountUse> = {}): DiscountUse => ({
  ...{ code, oncePerCustomer: false, maxUses: 1_000 },
  ...change,
});
const outcome = (answer: Awaited<ReturnType<DiscountUses['reserve']>>) =>
  isRefusal(answer) ? answer.refused.code : answer;
const usingOrders = async (of = code): Promise<string[]> => {
  const found: string[] = [];
  for await (const page of uses.usingOrders(of)) found.push(...page.map(({ orderId }) => orderId));
  return found.sort();
};

describe('a use of a discount', () => {
  test('is counted once however often it is reserved, and given back once however often it is released', async () => {
    for (let time = 0; time < 3; time++) expect(await uses.reserve(order('a'), [use()])).toBe('reserved');
    expect([await uses.count(code), await usingOrders()]).toEqual([1, ['ord_a']]);
    for (let time = 0; time < 3; time++) await uses.release(order('a'), [code]);
    expect([await uses.count(code), await usingOrders()]).toEqual([0, []]);
  });

  test('is not reserved by a repetition that comes after the release, nor after a release that found none', async () => {
    await uses.reserve(order('a'), [use()]);
    await uses.release(order('a'), [code]);
    await uses.release(order('b'), [code]);
    for (const name of ['a', 'b']) expect(outcome(await uses.reserve(order(name), [use()]))).toBe('ORDER_ENDED');
    expect(await uses.count(code)).toBe(0);
  });

  test('is one of as many as there may be, for any number of orders at once', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    const limited = [use({ maxUses: 10 })];
    const reserve = async (name: string): Promise<string> => {
      for (;;) {
        try {
          return outcome(await uses.reserve(order(name), limited)) as string;
        } catch {
          // The step of the saga is repeated.
        }
      }
    };
    const outcomes = await Promise.all(names.map(reserve));
    expect(outcomes.filter((each) => each === 'reserved')).toHaveLength(10);
    expect(outcomes.filter((each) => each === 'DISCOUNT_USED_UP')).toHaveLength(30);
    expect([await uses.count(code), (await usingOrders()).length]).toEqual([10, 10]);
  });

  test('once a customer is for one order of the customer, and for the next one after its release', async () => {
    const once = [use({ oncePerCustomer: true })];
    expect(await uses.reserve(order('a', 'alice'), once)).toBe('reserved');
    expect(outcome(await uses.reserve(order('b', 'alice'), once))).toBe('DISCOUNT_USED_UP');
    expect(await uses.reserve(order('c', 'carol'), once)).toBe('reserved');
    expect([await uses.isUsedBy(code, 'alice'), await uses.isUsedBy(code, 'alice', 'ord_a')]).toEqual([true, false]);
    await uses.release(order('a', 'alice'), [code]);
    expect(await uses.isUsedBy(code, 'alice')).toBe(false);
    expect(await uses.reserve(order('d', 'alice'), once)).toBe('reserved');
  });

  test('is not counted without a limit of uses, and is one of the customer all the same', async () => {
    await uses.reserve(order('a', 'alice'), [use({ maxUses: undefined, oncePerCustomer: true })]);
    expect([await uses.count(code), await uses.has(code, 'ord_a'), await uses.isUsedBy(code, 'alice')]).toEqual([
      0,
      true,
      true,
    ]);
    await uses.release(order('a', 'alice'), [code]);
    expect([await uses.count(code), await uses.has(code, 'ord_a'), await uses.isUsedBy(code, 'alice')]).toEqual([
      0,
      false,
      false,
    ]);
  });

  test('of one discount is not taken when another one of the order is used up', async () => {
    const both = [use(), use({ code: other, maxUses: 1 })];
    expect(await uses.reserve(order('a'), both)).toBe('reserved');
    expect(await uses.reserve(order('b'), both)).toMatchObject({ refused: { detail: expect.stringContaining(other) } });
    expect([await uses.count(code), await uses.count(other)]).toEqual([1, 1]);
  });

  test('is given back of a discount that has become one for each customer only later', async () => {
    await uses.reserve(order('a', 'alice'), [use()]);
    await uses.reserve(order('b', 'alice'), [use({ oncePerCustomer: true })]);
    await uses.release(order('a', 'alice'), [code]);
    expect([await uses.count(code), await uses.isUsedBy(code, 'alice')]).toEqual([1, true]);
  });
});

describe('requests that fail, are lost or are sent twice', () => {
  const fates: readonly Fate[] = ['lost-acknowledgement', 'never-sent', 'contended', 'sent-twice'];

  test.each(fates.flatMap((fate) => [0, 1, 2].map((position) => ({ fate, position }))))(
    '$fate at request $position: repeating leads to the same end',
    async ({ fate, position }) => {
      let requests = 0;
      const client = fatefulClient(store.client, () => (requests++ === position ? fate : 'sound'));
      const faulty = discountUses(table, { client });
      const untilDone = async (run: () => Promise<unknown>) => {
        for (let left = 5; ; left--) {
          try {
            return await run();
          } catch (error) {
            if (left === 0) throw error;
          }
        }
      };
      const wanted = [use({ maxUses: 1, oncePerCustomer: true })];
      expect(await untilDone(() => faulty.reserve(order('a'), wanted))).toBe('reserved');
      expect(await uses.count(code)).toBe(1);
      await untilDone(() => faulty.release(order('a'), [code]));
      expect([await uses.count(code), await usingOrders(), await uses.isUsedBy(code, 'a')]).toEqual([0, [], false]);
    },
  );
});
