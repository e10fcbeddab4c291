import { readConfig } from '../shared/config.ts';
import { secretStore } from '../shared/secret-store.ts';
import { challenge } from './adapters/challenge.ts';
import { paymentBook } from './adapters/payment-book.ts';
import { stripeWebhook } from './adapters/stripe-webhook.ts';

const config = readConfig('SANDBOX_TABLE', 'PAYMENT_SECRET_ID', 'PAYMENT_WEBHOOK_URL');

/** Serves the page on which a customer confirms a payment or refuses it, and reports the answer. */
export const handler = challenge({
  book: paymentBook(config.SANDBOX_TABLE),
  report: stripeWebhook(config.PAYMENT_WEBHOOK_URL, secretStore(config.PAYMENT_SECRET_ID)),
});
