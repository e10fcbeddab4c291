import { secretStore } from '../../shared/secret-store.ts';
import type { PaymentGateway } from '../commands/payment-gateway.ts';
import { sparingZeroAmounts } from '../commands/zero-amount-payment.ts';
import { stripeGateway } from './stripe-gateway.ts';

/** The gateway that this deployment is configured for. */
export function paymentGateway(
  config: { readonly PAYMENT_ENDPOINT: string; readonly PAYMENT_SECRET_ID: string },
  secret = secretStore(config.PAYMENT_SECRET_ID),
): PaymentGateway {
  return sparingZeroAmounts(stripeGateway(config.PAYMENT_ENDPOINT, secret));
}
