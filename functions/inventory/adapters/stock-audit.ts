import { dynamo, dynamoOnce } from '../../shared/aws/clients.ts';
import { systemPace } from '../../shared/kernel/backoff.ts';
import { systemClock } from '../../shared/kernel/time.ts';
import type { AuditedOrders } from '../domain/audit-orders.ts';
import { runAudit, type StockAudit } from '../domain/run-audit.ts';
import { auditedOrders } from './audited-orders.ts';
import { stockScan } from './dynamodb-stock-scan.ts';
import { dynamoStockTable } from './dynamodb-stock-table.ts';

/** What an audit reads. Without the orders it audits the inventory in itself. */
export interface AuditedTables {
  readonly inventory: string;
  readonly orders?: { readonly log: string; readonly views: string } | undefined;
}

/** Audits the stock in these tables; reads no further page after `withinMs`. */
export function auditStock({ inventory, orders }: AuditedTables, withinMs: number): Promise<StockAudit> {
  const nowMs = () => Date.parse(systemClock());
  const endsAtMs = nowMs() + withinMs;
  const { read } = dynamoStockTable({ client: dynamo(), once: dynamoOnce(), table: inventory, pace: systemPace });
  const audited: AuditedOrders | undefined = orders && auditedOrders(orders, systemClock);
  const { scan } = stockScan(dynamo(), inventory, () => nowMs() < endsAtMs);
  return runAudit({ stock: { read, scan }, orders: audited, pace: systemPace, nowMs });
}
