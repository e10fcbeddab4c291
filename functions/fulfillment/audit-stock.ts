import { readConfig } from '../shared/config.ts';
import { reportAudit } from './adapters/report-audit.ts';
import { auditStock } from './adapters/stock-audit.ts';

const config = readConfig('INVENTORY_TABLE', 'ORDERS_TABLE', 'ORDER_VIEWS_TABLE', 'STAGE');
const tables = {
  inventory: config.INVENTORY_TABLE,
  orders: { log: config.ORDERS_TABLE, views: config.ORDER_VIEWS_TABLE },
};
/** Time for the scan of the inventory. Of Lambda's limit of 15 minutes, 5 remain for the orders and the report. */
const scanMs = 600_000;

/** Audits the stock. It takes no input and changes no data, so it can be started by hand at any time. */
export const handler = async (): Promise<void> => {
  reportAudit(config.STAGE, await auditStock(tables, scanMs));
};
