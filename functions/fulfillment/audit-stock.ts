import { readConfig } from '../shared/config.ts';
import { reportAudit } from './adapters/report-audit.ts';
import { auditStock } from './adapters/stock-audit.ts';

const config = readConfig('INVENTORY_TABLE', 'ORDERS_TABLE', 'ORDER_VIEWS_TABLE', 'STAGE');
const tables = {
  inventory: config.INVENTORY_TABLE,
  orders: { log: config.ORDERS_TABLE, views: config.ORDER_VIEWS_TABLE },
};
/** Time for the scans. The rest of the function's 15 minutes is for comparing the orders and for the report. */
const scanMs = 600_000;

/** Audits the stock. It takes no input and changes nothing, so it may be started manually at any time. */
export const handler = async (): Promise<void> => {
  reportAudit(config.STAGE, await auditStock(tables, scanMs));
};
