import { dynamoOrderLog, foldOrder } from '../../orders/index.ts';
import { discountStore, discountUses } from '../../pricing/index.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import { auditDiscounts, type DiscountAudit } from '../commands/audit-discounts.ts';

/** Audits the uses of the discounts in these tables. */
export function auditDiscountUses(tables: {
  readonly discounts: string;
  readonly orderLog: string;
}): Promise<DiscountAudit> {
  const log = dynamoOrderLog(dynamo(), tables.orderLog);
  return auditDiscounts({
    discounts: discountStore(tables.discounts),
    uses: discountUses(tables.discounts),
    load: async (orderId) => foldOrder(await log.read(orderId)),
  });
}
