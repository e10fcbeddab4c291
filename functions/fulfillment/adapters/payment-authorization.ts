import { gatewayCustomerStore, gatewayCustomers, paymentGateway } from '../../payments/index.ts';
import { readConfig } from '../../shared/config.ts';
import { orderAuthorizer } from '../commands/authorize-order.ts';

/** The authorization of orders in this deployment. */
export function paymentAuthorization() {
  const config = readConfig('PAYMENT_ENDPOINT', 'PAYMENT_SECRET_ID', 'GATEWAY_RECORDS_TABLE');
  const gateway = paymentGateway(config);
  const customers = gatewayCustomerStore(config.GATEWAY_RECORDS_TABLE);
  return orderAuthorizer({ gateway, gatewayCustomerOf: gatewayCustomers({ customers, gateway }) });
}
