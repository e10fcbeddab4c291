import { stockScan } from '../../inventory/adapters/dynamodb-stock-scan.ts';
import { dynamoStockTable } from '../../inventory/adapters/dynamodb-stock-table.ts';
import type { AuditedOrders } from '../../inventory/domain/audit-orders.ts';
import { runAudit, type StockAudit } from '../../inventory/domain/run-audit.ts';
import { dynamo, dynamoOnce } from '../../shared/aws-clients.ts';
import { systemPace } from '../../shared/kernel/backoff.ts';
import { systemClock } from '../../shared/kernel/time.ts';
import { auditedOrders } from './audited-orders.ts';

/** The tables that an audit reads. Without the order tables it checks only the inventory's own consistency. */
export interface AuditedTables {
  readonly inventory: string;
  readonly orders?: { readonly log: string; readonly views: string } | undefined;
}

/** Audits the stock in these tables. The scan of the inventory reads no further page after `withinMs` milliseconds. */
export function auditStock({ inventory, orders }: AuditedTables, withinMs: number): Promise<StockAudit> {
  const nowMs = () => Date.parse(systemClock());
  const endsAtMs = nowMs() + withinMs;
  const { read } = dynamoStockTable({ client: dynamo(), once: dynamoOnce(), table: inventory, pace: systemPace });
  const audited: AuditedOrders | undefined = orders && auditedOrders(orders, systemClock);
  const { scan } = stockScan(dynamo(), inventory, () => nowMs() < endsAtMs);
  return runAudit({ stock: { read, scan }, orders: audited, pace: systemPace, nowMs });
}
