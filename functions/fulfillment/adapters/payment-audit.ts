import {
  dayBefore,
  dayOf,
  dayPartition,
  dynamoOrderLog,
  foldOrder,
  orderLists,
  viewBuckets,
} from '../../orders/index.ts';
import type { PaymentGateway } from '../../payments/index.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import { systemPace } from '../../shared/kernel/backoff.ts';
import { millisecondsOf, systemClock } from '../../shared/kernel/time.ts';
import { type AuditLook, auditPayments, type PaidOrders, type PaymentAudit } from '../commands/audit-payments.ts';

/** Age of the oldest orders whose payments are audited, in days. Longer than most shops take to ship and to accept returns. */
const auditedDays = 30;
/** Orders of one page. */
const pageSize = 100;

/** Payment statuses of orders for which the gateway has neither held nor taken money. */
const withoutMoney = new Set(['none', 'action_required', 'declined']);

/** Part of the time that is kept for the confirmation of differences. */
const confirmationShare = 1 / 3;

/** Audits the payments of the orders in these tables. No payment is looked up after `withinMs` milliseconds. */
export function auditOrderPayments(
  tables: { readonly log: string; readonly views: string },
  gateway: Pick<PaymentGateway, 'lookUp'>,
  withinMs: number,
): Promise<PaymentAudit> {
  const nowMs = millisecondsOf(systemClock);
  const endsAtMs = nowMs() + withinMs;
  const reservedMs = { 'first look': withinMs * confirmationShare, confirmation: 0 };
  const hasTime = (look: AuditLook) => nowMs() < endsAtMs - reservedMs[look];
  return auditPayments({ orders: paidOrders(tables), gateway, pace: systemPace, hasTime });
}

function paidOrders({ log: logTable, views }: { readonly log: string; readonly views: string }): PaidOrders {
  const log = dynamoOrderLog(dynamo(), logTable);
  const lists = orderLists(views);
  return {
    async load(orderId) {
      return foldOrder(await log.read(orderId));
    },
    async *recent() {
      let day = dayOf(systemClock());
      for (let age = 0; age < auditedDays; age++) {
        const partitions = Array.from({ length: viewBuckets }, (_, bucket) => {
          return { index: 'byDay', attribute: 'dayBucket', value: dayPartition(day, bucket) } as const;
        });
        let before = `${day}~`;
        for (let isLast = false; !isLast; ) {
          const keys = await lists.newest(partitions, { from: day, before }, pageSize);
          const shown = await lists.views(keys);
          yield shown.flatMap(({ orderId, paymentStatus }) => (withoutMoney.has(paymentStatus) ? [] : [orderId]));
          isLast = keys.length < pageSize;
          before = keys.at(-1)?.placedKey ?? before;
        }
        day = dayBefore(day);
      }
    },
  };
}
