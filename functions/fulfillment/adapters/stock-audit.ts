import { type AuditedOrders, dynamodbAuditedStock, runAudit, type StockAudit } from '../../inventory/index.ts';
import { dynamoDueOrders, dynamoOrderLog, orderLists, ordersInStatus } from '../../orders/index.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import { systemPace } from '../../shared/kernel/backoff.ts';
import { millisecondsOf, systemClock } from '../../shared/kernel/time.ts';
import { auditUnfinished, type UnfinishedAudit } from '../commands/audit-unfinished.ts';
import { auditedOrders } from './audited-orders.ts';

/** The tables that an audit reads. Without the order tables it checks only the inventory's own consistency. */
export interface AuditedTables {
  readonly inventory: string;
  readonly orders?: { readonly log: string; readonly views: string } | undefined;
}

export type Audit = StockAudit & UnfinishedAudit;

/**
 * Audits the stock in these tables, and finds the orders that do not end. The scan of the inventory reads no further page
 * after `withinMs` milliseconds.
 */
export async function auditStock({ inventory, orders }: AuditedTables, withinMs: number): Promise<Audit> {
  const nowMs = millisecondsOf(systemClock);
  const endsAtMs = nowMs() + withinMs;
  const audited: AuditedOrders | undefined = orders && auditedOrders(orders, systemClock);
  const stock = dynamodbAuditedStock(inventory, () => nowMs() < endsAtMs);
  const audit = await runAudit({ stock, orders: audited, pace: systemPace, nowMs });
  return { ...audit, ...(await unfinishedIn(orders)) };
}

async function unfinishedIn(orders: AuditedTables['orders']): Promise<UnfinishedAudit> {
  if (orders === undefined) return { unfinished: [], moreUnderWay: false };
  const now = systemClock();
  const placed = () => ordersInStatus(orderLists(orders.views))('placed', now);
  const log = dynamoOrderLog(dynamo(), orders.log);
  return auditUnfinished({ log, due: dynamoDueOrders(orders.views), placed }, now);
}
