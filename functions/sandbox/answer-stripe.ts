import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sandboxHandler } from './adapters/http.ts';
import { paymentBook } from './adapters/payment-book.ts';
import { stripeSandbox } from './adapters/stripe-sandbox.ts';
import { broken } from './domain/stripe-answers.ts';

const { SANDBOX_TABLE, SANDBOX_PUBLIC_URL } = readConfig('SANDBOX_TABLE', 'SANDBOX_PUBLIC_URL');

/** Replaces the payment gateway in dev: answers in Stripe's format and records every payment. */
export const handler = sandboxHandler(
  stripeSandbox(paymentBook(SANDBOX_TABLE), systemClock, SANDBOX_PUBLIC_URL),
  broken,
);
