import { expect, test } from 'vitest';
import { auditPayments } from '../../../../functions/fulfillment/commands/audit-payments.ts';
import type { Order } from '../../../../functions/orders/domain/order.ts';
import { TransientFault } from '../../../../functions/shared/kernel/faults.ts';
import { auditReport } from '../../../../scripts/audit/report.ts';

const orderOf = (orderId: string) =>
  ({
    ...{ orderId, currency: 'EUR', status: 'confirmed', undoing: { cancellationRequested: false }, shipments: [] },
    payments: [
      { paymentId: `pi_${orderId}`, authorizedMinor: 500, capturedMinor: 500, refundedMinor: 0, voided: false },
    ],
  }) as unknown as Order;
const finding = (orderId: string) => {
  const amounts = { currency: 'EUR', expectedMinor: 500, foundMinor: 0 };
  return { kind: 'captured_differs', orderId, paymentId: `pi_${orderId}`, ...amounts };
};

type Phase = 'first look' | 'confirmation';

/** An audit of orders of which the gateway has captured nothing. `lookUp` may fail in place of an answer. */
function audit(
  orderIds: readonly string[],
  hasTime: (phase: Phase) => boolean,
  lookUp: () => void = () => {},
  order?: Order,
) {
  return auditPayments({
    orders: {
      load: async (orderId) => order ?? orderOf(orderId),
      async *recent() {
        yield orderIds;
      },
    },
    gateway: {
      lookUp: async () => {
        lookUp();
        return { authorizedMinor: 500, capturedMinor: 0, refundedMinor: 0, openMinor: 500, captures: {} };
      },
    },
    pace: { sleep: async () => {} },
    hasTime,
  });
}

/** Time for this many orders in each phase. */
function timeFor(counts: Record<Phase, number>): (phase: Phase) => boolean {
  return (phase) => counts[phase]-- > 0;
}

test('a difference that every confirmation shows is a finding', async () => {
  const { findings, undecided } = await audit(['ord_1'], () => true);
  expect(findings).toEqual([finding('ord_1')]);
  expect(undecided).toEqual([]);
});

test('every payment of an order is compared, and each difference is a finding of its own', async () => {
  const { payments } = orderOf('ord_1');
  const two = { ...orderOf('ord_1'), payments: [...payments, { ...payments[0], paymentId: 'pi_renewal' }] } as Order;
  const { findings, lookedUpCount } = await audit(['ord_1'], () => true, undefined, two);
  expect(findings.map(({ paymentId }) => paymentId)).toEqual(['pi_ord_1', 'pi_renewal']);
  expect(lookedUpCount).toBe(2);
});

test('the first look leaves time for the confirmations', async () => {
  const counts = { 'first look': 2, confirmation: 4 };
  const result = await audit(['ord_1', 'ord_2', 'ord_3'], timeFor(counts));
  expect(result.findings.map(({ orderId }) => orderId)).toEqual(['ord_1', 'ord_2']);
  expect(result).toMatchObject({ undecided: [], lookedUpCount: 2, uncheckedCount: 1 });
});

test.each([
  ['first', 1],
  ['second', 3],
])('a difference is undecided when the time ends during the %s confirmation', async (_, count) => {
  const result = await audit(['ord_1', 'ord_2'], timeFor({ 'first look': 2, confirmation: count }));
  const undecided = result.undecided.map(({ orderId }) => orderId);
  expect([...result.findings.map(({ orderId }) => orderId), ...undecided].sort()).toEqual(['ord_1', 'ord_2']);
  expect(undecided).toContain('ord_2');
});

test('a difference is undecided when no time is left for a confirmation', async () => {
  const { findings, undecided, uncheckedCount } = await audit(['ord_1'], (phase) => phase === 'first look');
  expect({ findings, undecided, uncheckedCount }).toEqual({
    findings: [],
    undecided: [finding('ord_1')],
    uncheckedCount: 0,
  });
});

test('a difference is undecided when the gateway does not answer a confirmation', async () => {
  let calls = 0;
  const { findings, undecided } = await audit(
    ['ord_1'],
    () => true,
    () => {
      calls += 1;
      if (calls > 1) throw new TransientFault('busy');
    },
  );
  expect(findings).toEqual([]);
  expect(undecided).toEqual([finding('ord_1')]);
});

test('the report names what is undecided, and does not say that the payments agree', async () => {
  const payments = await audit(['ord_1'], (phase) => phase === 'first look');
  const stock = { findings: [], undecided: [], unfinished: [], complete: true, uncheckedCount: 0 };
  const lines = auditReport(stock as unknown as Parameters<typeof auditReport>[0], payments);
  expect(lines.join('\n')).toMatch(/undecided.*captured_differs: order ord_1/);
  expect(lines).not.toContain('the payments agree');
});
