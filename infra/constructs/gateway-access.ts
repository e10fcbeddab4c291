import { Duration } from 'aws-cdk-lib/core';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './service-function.ts';

/**
 * Options of every function that calls a gateway. It needs no processor while it waits for the gateway. Its time-out is
 * longer than that of the gateway's client and shorter than that of the saga's state, so that two attempts of one step never
 * overlap.
 */
export const gatewayCaller = { timeout: Duration.seconds(25), waits: true } as const;

/** Gives the function the payment gateway's address and access to its secret. */
export function callsPaymentGateway(caller: ServiceFunction, { endpoints, data }: Deployment): void {
  caller.addEnvironment('PAYMENT_ENDPOINT', endpoints.PAYMENT_ENDPOINT);
  data.paymentSecret.grantTo(caller);
}

/** Gives the function the carrier gateway's address and access to its secret. */
export function callsCarrierGateway(caller: ServiceFunction, { endpoints, data }: Deployment): void {
  caller.addEnvironment('CARRIER_ENDPOINT', endpoints.CARRIER_ENDPOINT);
  data.carrierSecret.grantTo(caller);
}
