import { readConfig } from '../shared/config.ts';
import { reportAudit } from './adapters/report-audit.ts';
import { auditStock } from './adapters/stock-audit.ts';

const config = readConfig('INVENTORY_TABLE', 'ORDERS_TABLE', 'ORDER_VIEWS_TABLE', 'STAGE');
const tables = {
  inventory: config.INVENTORY_TABLE,
  orders: { log: config.ORDERS_TABLE, views: config.ORDER_VIEWS_TABLE },
};
/** Of the quarter of an hour that a function may take, what is left for the orders and the report. */
const scanMs = 600_000;

/** Takes no input, and changes nothing: it may be started by hand at any time. */
export const handler = async (): Promise<void> => {
  reportAudit(config.STAGE, await auditStock(tables, scanMs));
};
