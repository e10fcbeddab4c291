export { dynamodbAuditedStock } from './adapters/dynamodb-stock-scan.ts';
export type { AuditedOrders } from './commands/audit-orders.ts';
export { runAudit, type StockAudit } from './commands/run-audit.ts';
export type { OrderState } from './domain/audit-order.ts';
