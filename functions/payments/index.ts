/** What other capabilities may use of payments. */

export { paymentGateway } from './adapters/configured-payment-gateway.ts';
export { gatewayCustomerStore } from './adapters/dynamodb-gateway-customers.ts';
export { type PaymentActionStore, paymentActionStore } from './adapters/dynamodb-payment-actions.ts';
export {
  type ReportedAuthorizationStore,
  reportedAuthorizationStore,
} from './adapters/dynamodb-reported-authorizations.ts';
export { readStripeEvent, type StripeEvent } from './adapters/stripe-event.ts';
export { gatewayCustomers } from './commands/gateway-customers.ts';
export type {
  Authorization,
  CaptureRefusal,
  PaidAmount,
  PaymentAction,
  PaymentAmounts,
  PaymentGateway,
  Voided,
} from './commands/payment-gateway.ts';
