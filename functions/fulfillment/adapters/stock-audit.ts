import { type AuditedOrders, dynamodbAuditedStock, runAudit, type StockAudit } from '../../inventory/index.ts';
import { systemPace } from '../../shared/kernel/backoff.ts';
import { systemClock } from '../../shared/kernel/time.ts';
import { auditedOrders } from './audited-orders.ts';

/** The tables that an audit reads. Without `orders` it audits the inventory alone. */
export interface AuditedTables {
  readonly inventory: string;
  readonly orders?: { readonly log: string; readonly views: string } | undefined;
}

/** Audits the stock in these tables. Scans read no further page after `withinMs` milliseconds. */
export function auditStock({ inventory, orders }: AuditedTables, withinMs: number): Promise<StockAudit> {
  const nowMs = () => Date.parse(systemClock());
  const endsAtMs = nowMs() + withinMs;
  const audited: AuditedOrders | undefined = orders && auditedOrders(orders, systemClock);
  const stock = dynamodbAuditedStock(inventory, () => nowMs() < endsAtMs);
  return runAudit({ stock, orders: audited, pace: systemPace, nowMs });
}
