import { expect, test } from 'vitest';
import { auditDiscounts } from '../../../../functions/fulfillment/commands/audit-discounts.ts';
import type { Order } from '../../../../functions/orders/index.ts';
import type { UsingOrder } from '../../../../functions/pricing/index.ts';
import { confirmed } from '../../orders/given.ts';

const discount = (code: string) => ({
  ...{ code, title: code, automatic: false, active: true, on: 'order' as const, oncePerCustomer: false },
  ...{ value: { basisPoints: 1_000 }, maxUses: 10 },
});

/** Audits two discounts whose uses are counted, by what the store says of the first one. */
function audit(counts: readonly number[], orders: Readonly<Record<string, Order | undefined>>) {
  let looks = 0;
  return auditDiscounts({
    discounts: {
      list: async (_, cursor) => ({
        discounts: [discount(cursor ?? 'FIRST')],
        ...(cursor === undefined && { nextCursor: 'SECOND' }),
      }),
    },
    uses: {
      count: async (code) => (code === 'FIRST' ? (counts[Math.min(looks++, counts.length - 1)] ?? 0) : 0),
      has: async () => true,
      async *usingOrders(code): AsyncGenerator<readonly UsingOrder[]> {
        const ids = code === 'FIRST' ? Object.keys(orders) : [];
        yield ids.slice(0, 1).map((orderId) => ({ code, orderId, customerId: 'alice', counted: true }));
        yield ids.slice(1).map((orderId) => ({ code, orderId, customerId: 'bob', counted: true }));
      },
    },
    load: async (orderId) => orders[orderId],
  });
}

const ended = (status: 'rejected' | 'cancelled') => ({ ...confirmed(), status }) as Order;

test('finds nothing where the count is the number of orders that live', async () => {
  expect(await audit([2], { a: confirmed(), b: confirmed() })).toEqual({ findings: [], checkedCount: 2, more: false });
});

test('finds orders that have ended, or were never placed, and keep a use', async () => {
  const { findings } = await audit([3], { a: ended('rejected'), b: ended('cancelled'), c: undefined });
  expect(findings.map(({ kind, orderId }) => [kind, orderId])).toEqual([
    ['order_ended', 'a'],
    ['order_ended', 'b'],
    ['order_ended', 'c'],
  ]);
});

test('finds a count that stays different', async () => {
  const { findings } = await audit([5], { a: confirmed() });
  expect(findings).toEqual([{ kind: 'count_differs', code: 'FIRST', expected: 1, found: 5 }]);
});

test('does not report a difference that passes while orders come and go', async () => {
  expect((await audit([0, 2, 1], { a: confirmed() })).findings).toEqual([]);
});
