import type { Audit } from '../../functions/fulfillment/adapters/stock-audit.ts';
import { findingText } from '../../functions/inventory/audit/domain/stock-finding.ts';

/** The result of an audit as lines of text. */
export function auditReport(audit: Audit): string[] {
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
