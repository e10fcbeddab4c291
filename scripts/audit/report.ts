import type { StockAudit } from '../../functions/inventory/audit/commands/run-audit.ts';
import { findingText } from '../../functions/inventory/audit/domain/stock-finding.ts';

/** What an audit found, for people. */
export function auditReport(audit: StockAudit): string[] {
  const { findings, undecided, itemCount, shardCount, glancedCount, readCount } = audit;
  return [
    `${itemCount} items, ${shardCount} shards; ${glancedCount} reservations compared with their orders, ${readCount} of them with the order's log`,
    ...findings.map(findingText),
    ...undecided.map((finding) => `undecided, the shard was busy all the time: ${findingText(finding)}`),
    ...uncovered(audit),
    findings.length === 0 ? 'the stock balances' : `${findings.length} findings; docs/runbook.md#stock-audit-findings`,
  ];
}

function uncovered({ complete, uncheckedCount, moreConfirmed }: StockAudit): string[] {
  return [
    ...(complete ? [] : ['the time was over before the table was read to its end: only single items were checked']),
    ...(uncheckedCount > 0 ? [`${uncheckedCount} more orders were not looked at`] : []),
    ...(moreConfirmed ? ['there are more confirmed orders than were looked at'] : []),
  ];
}
