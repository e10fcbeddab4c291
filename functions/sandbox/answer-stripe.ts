import { readConfig } from '../shared/config.ts';
import { systemClock } from '../shared/kernel/time.ts';
import { sandboxHandler } from './adapters/http.ts';
import { paymentBook } from './adapters/payment-book.ts';
import { stripeSandbox } from './adapters/stripe-sandbox.ts';
import { broken } from './domain/stripe-answers.ts';

const { SANDBOX_TABLE } = readConfig('SANDBOX_TABLE');

/** Stands in for the payment gateway: answers as Stripe does and keeps books of what it did. */
export const handler = sandboxHandler(stripeSandbox(paymentBook(SANDBOX_TABLE), systemClock), broken);
