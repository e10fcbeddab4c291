import type { PaymentGateway } from './payment-gateway.ts';

/** Port to the gateway's ids of the shop's customers. They are kept for good: saved payment methods belong to them. */
export interface GatewayCustomers {
  find(customerId: string): Promise<string | undefined>;
  /** Keeps the id unless another one was kept before. @returns the id that is kept. */
  keep(customerId: string, gatewayCustomerId: string): Promise<string>;
}

/**
 * The gateway's id of a customer, who is created there first if need be. Of two requests at once, both get the id that was
 * kept first, so that the customer's payment methods are saved in one place.
 */
export function gatewayCustomers(deps: {
  readonly customers: GatewayCustomers;
  readonly gateway: Pick<PaymentGateway, 'createCustomer'>;
}) {
  const { customers, gateway } = deps;
  return async (customerId: string): Promise<string> =>
    (await customers.find(customerId)) ?? customers.keep(customerId, await gateway.createCustomer(customerId));
}
