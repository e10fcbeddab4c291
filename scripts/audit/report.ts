import type { Audit } from '../../functions/fulfillment/adapters/stock-audit.ts';
import type { PaymentAudit } from '../../functions/fulfillment/commands/audit-payments.ts';
import type { PaymentFinding } from '../../functions/fulfillment/domain/audit-payment.ts';
import { findingText } from '../../functions/inventory/audit/domain/stock-finding.ts';

/** The result of an audit as lines of text. @param payments undefined when they were not audited. */
export function auditReport(audit: Audit, payments?: PaymentAudit): string[] {
  const { findings, undecided, unfinished, itemCount, shardCount, glancedCount, readCount } = audit;
  return [
    `${itemCount} items, ${shardCount} shards; ${glancedCount} reservations compared with their orders, ${readCount} of them with the order's log`,
    ...findings.map(findingText),
    ...undecided.map((finding) => `undecided, because the shard changed during every read: ${findingText(finding)}`),
    ...unfinished.map(
      ({ orderId, reason, shipmentId, dueAt }) =>
        `order ${orderId}: ${reason}${shipmentId === undefined ? '' : ` of ${shipmentId}`} has been due since ${dueAt}; docs/runbook.md#order-unfinished`,
    ),
    ...uncovered(audit),
    findings.length === 0 ? 'the stock balances' : `${findings.length} findings; docs/runbook.md#stock-audit-findings`,
    ...(payments === undefined ? ['the payments were not audited'] : paymentReport(payments)),
  ];
}

function uncovered({ complete, uncheckedCount, moreConfirmed, moreUnderWay }: Audit): string[] {
  return [
    ...(complete ? [] : ['the time limit ended before the whole table was read: only single items were checked']),
    ...(uncheckedCount > 0 ? [`${uncheckedCount} more orders were not checked`] : []),
    ...(moreUnderWay ? ['there are more orders under way than were checked'] : []),
    ...(moreConfirmed ? ['there are more confirmed orders than were checked'] : []),
  ];
}

function paymentReport({ findings, undecided, lookedUpCount, uncheckedCount, more }: PaymentAudit): string[] {
  return [
    `${lookedUpCount} payments compared with the payment gateway`,
    ...findings.map(paymentText),
    ...undecided.map((finding) => `undecided, because it could not be looked up again: ${paymentText(finding)}`),
    ...(uncheckedCount > 0 ? [`${uncheckedCount} payments were not checked: the gateway did not answer in time`] : []),
    ...(more ? ['there are more orders with a payment than were checked'] : []),
    findings.length + undecided.length === 0
      ? 'the payments agree'
      : `${findings.length} findings, ${undecided.length} undecided; docs/runbook.md#payment-audit-findings`,
  ];
}

function paymentText({ kind, orderId, paymentId, currency, expectedMinor, foundMinor }: PaymentFinding): string {
  return `${kind}: order ${orderId}, payment ${paymentId}: expected ${expectedMinor}, found ${foundMinor} (${currency}, minor units)`;
}
