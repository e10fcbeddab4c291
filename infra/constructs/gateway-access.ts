import { Duration } from 'aws-cdk-lib/core';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './service-function.ts';

/**
 * For every function that calls a gateway: no CPU is needed while the gateway works, and the time-out is longer than that
 * of the gateway's client and shorter than that of the saga's state, so that two tries of one step never overlap.
 */
export const gatewayCaller = { timeout: Duration.seconds(25), waits: true } as const;

/** Tells the function where the payment gateway is and lets it read the gateway's secret. */
export function callsPaymentGateway(caller: ServiceFunction, { endpoints, data }: Deployment): void {
  caller.addEnvironment('PAYMENT_ENDPOINT', endpoints.PAYMENT_ENDPOINT);
  data.paymentSecret.grantTo(caller);
}

/** Tells the function where the carrier gateway is and lets it read the gateway's secret. */
export function callsCarrierGateway(caller: ServiceFunction, { endpoints, data }: Deployment): void {
  caller.addEnvironment('CARRIER_ENDPOINT', endpoints.CARRIER_ENDPOINT);
  data.carrierSecret.grantTo(caller);
}
