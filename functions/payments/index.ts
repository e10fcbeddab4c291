/** What other capabilities may use of payments. */

export { paymentGateway } from './adapters/configured-payment-gateway.ts';
export {
  type ReportedAuthorizationStore,
  reportedAuthorizationStore,
} from './adapters/dynamodb-reported-authorizations.ts';
export { readStripeEvent, type StripeEvent } from './adapters/stripe-event.ts';
export type { Authorization, PaidAmount, PaymentAmounts, PaymentGateway, Voided } from './commands/payment-gateway.ts';
