import { getLabel } from '../../api/shipments.ts';
import { ordersIn } from '../orders/index.ts';
import { readConfig } from '../shared/config.ts';
import { httpHandler } from '../shared/http-handler.ts';
import { isRefusal } from '../shared/kernel/refusal.ts';
import { carrierGateway } from '../shipping/index.ts';
import { labelFinder } from './commands/find-label.ts';

const config = readConfig('CARRIER_ENDPOINT', 'CARRIER_SECRET_ID', 'ORDERS_TABLE');
const findLabel = labelFinder({ orders: ordersIn(config.ORDERS_TABLE), gateway: carrierGateway(config) });

/** Answers with the label itself, so that its address at the carrier does not leave this function. */
export const handler = httpHandler(getLabel, async ({ path }) => {
  const label = await findLabel(path.orderId, path.shipmentId);
  return isRefusal(label) ? label : { document: label };
});
