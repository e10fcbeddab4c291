import type { Order, OrderPayment } from '../../orders/index.ts';
import type { PaymentGateway } from '../../payments/index.ts';
import type { Pace } from '../../shared/kernel/backoff.ts';
import { isTransient } from '../../shared/kernel/faults.ts';
import { auditPayment, isAuditable, type PaymentFinding } from '../domain/audit-payment.ts';

/** Orders whose payments are looked up in one audit. Almost every order has one payment. */
const maxPayments = 2_000;
/** Look-ups at a time. Stripe takes 100 requests a second in all; a look-up is one or two. */
const concurrency = 4;
/** Repetitions that must show a difference too, because the gateway and the log are not written together. */
const confirmations = 2;
const pauseMs = 3_000;

/** Port to the orders whose payments are audited. */
export interface PaidOrders {
  /** Ids of recent orders with a payment, newest first, by page. */
  recent(): AsyncIterable<readonly string[]>;
  /** From the order's log, strongly consistent. */
  load(orderId: string): Promise<Order | undefined>;
}

export interface PaymentAudit {
  /** Differences that every comparison showed. */
  readonly findings: readonly PaymentFinding[];
  /** Differences whose confirmation failed, or came after the end of the time. */
  readonly undecided: readonly PaymentFinding[];
  /** Payments that were compared. */
  readonly lookedUpCount: number;
  /** Orders of which a payment was not looked up: the look-up failed, or the time was over. */
  readonly uncheckedCount: number;
  /** Whether there were more orders with a payment than one audit reads. */
  readonly more: boolean;
}

interface Dependencies {
  readonly orders: PaidOrders;
  readonly gateway: Pick<PaymentGateway, 'lookUp'>;
  readonly pace: Pick<Pace, 'sleep'>;
  /** False when no time is left for another look-up of this kind. */
  hasTime(look: AuditLook): boolean;
}

/** The comparison of all payments, or a repetition for those that showed a difference. */
export type AuditLook = 'first look' | 'confirmation';

/** Compares what orders say is captured and refunded with the books of the payment gateway. It changes nothing. */
export async function auditPayments(dependencies: Dependencies): Promise<PaymentAudit> {
  const orderIds: string[] = [];
  let more = false;
  for await (const page of dependencies.orders.recent()) {
    const room = maxPayments - orderIds.length;
    orderIds.push(...page.slice(0, room));
    more = page.length > room;
    if (more) break;
  }
  const first = await compare(orderIds, 'first look', dependencies);
  const { findings, undecided } = await confirm(first.findings, dependencies);
  return { findings, undecided, lookedUpCount: first.lookedUpCount, uncheckedCount: first.unanswered.size, more };
}

/** Compares the payments with a difference again. A difference that a repetition does not show has passed. */
async function confirm(found: readonly PaymentFinding[], dependencies: Dependencies) {
  let findings = found;
  const undecided: PaymentFinding[] = [];
  for (let round = 0; round < confirmations && findings.length > 0; round++) {
    await dependencies.pace.sleep(pauseMs);
    const orderIds = [...new Set(findings.map(({ orderId }) => orderId))];
    const again = await compare(orderIds, 'confirmation', dependencies);
    undecided.push(...findings.filter(({ orderId }) => again.unanswered.has(orderId)));
    const before = new Set(findings.map(nameOf));
    findings = again.findings.filter((finding) => before.has(nameOf(finding)));
  }
  return { findings, undecided };
}

const nameOf = ({ kind, paymentId }: PaymentFinding) => `${kind} ${paymentId}`;

async function compare(orderIds: readonly string[], look: AuditLook, { orders, gateway, hasTime }: Dependencies) {
  const queue = [...orderIds];
  const findings: PaymentFinding[] = [];
  const unanswered = new Set<string>();
  let lookedUpCount = 0;
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const order = hasTime(look) ? await orders.load(next) : undefined;
      if (order === undefined) unanswered.add(next);
      else if (isAuditable(order)) {
        for (const payment of order.payments) {
          const found = await lookUp(order, payment, gateway);
          if (found === 'no answer') unanswered.add(next);
          else {
            findings.push(...auditPayment(order, payment, found));
            lookedUpCount += 1;
          }
        }
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { findings, lookedUpCount, unanswered };
}

async function lookUp(
  { orderId, currency }: Order,
  { paymentId }: OrderPayment,
  gateway: Pick<PaymentGateway, 'lookUp'>,
) {
  try {
    return await gateway.lookUp({ orderId, currency, paymentId });
  } catch (error) {
    if (isTransient(error)) return 'no answer' as const;
    throw error;
  }
}
