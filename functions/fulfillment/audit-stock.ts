import { paymentGateway } from '../payments/index.ts';
import { readConfig } from '../shared/config.ts';
import { auditDiscountUses } from './adapters/discount-audit.ts';
import { auditOrderPayments } from './adapters/payment-audit.ts';
import { reportAudit, reportDiscountAudit, reportPaymentAudit } from './adapters/report-audit.ts';
import { auditStock } from './adapters/stock-audit.ts';

const config = readConfig(
  'INVENTORY_TABLE',
  'ORDERS_TABLE',
  'ORDER_VIEWS_TABLE',
  'DISCOUNTS_TABLE',
  'PAYMENT_ENDPOINT',
  'PAYMENT_SECRET_ID',
  'STAGE',
  'CELL',
);
const dimensions = { stage: config.STAGE, cell: config.CELL };
const gateway = paymentGateway(config);
const tables = {
  inventory: config.INVENTORY_TABLE,
  orders: { log: config.ORDERS_TABLE, views: config.ORDER_VIEWS_TABLE },
};
/**
 * Time for the scan of the inventory, and for looking up payments. Of Lambda's limit of 15 minutes, 4 remain for the orders
 * and the report.
 */
const scanMs = 480_000;
const lookUpMs = 180_000;

/** Audits the stock, the payments and the uses of discounts. It takes no input and changes no data, so it can be started by hand at any time. */
export const handler = async (): Promise<void> => {
  reportAudit(dimensions, await auditStock(tables, scanMs));
  reportDiscountAudit(
    dimensions,
    await auditDiscountUses({ discounts: config.DISCOUNTS_TABLE, orderLog: config.ORDERS_TABLE }),
  );
  reportPaymentAudit(dimensions, await auditOrderPayments(tables.orders, gateway, lookUpMs));
};
