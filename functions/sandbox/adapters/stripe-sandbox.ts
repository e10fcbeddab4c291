import { createHash, randomUUID } from 'node:crypto';
import type { Clock } from '../../shared/kernel/time.ts';
import { decodeForm, type Form, partsOf, textOf } from '../domain/form.ts';
import {
  behaviorOf,
  expiring,
  failingCapture,
  firstUseOf,
  flakyUntilAttempt,
  type Payment,
} from '../domain/payment.ts';
import * as stripe from '../domain/stripe-answers.ts';
import type { SandboxAnswer, SandboxRequest } from './http.ts';
import type { Outcome, PaymentBook, RequestIdentity } from './payment-book.ts';

/** Keys of Stripe's test mode only, so that a production key used by mistake is rejected. */
const acceptedKey = /^[sr]k_test_\w+$/;

/** Parameters of a new payment. Stripe rejects unknown names; so does the sandbox, which finds misspelled ones. */
const createParameters = new Set([
  'amount',
  'currency',
  'payment_method',
  'allowed_payment_method_types',
  'payment_method_options',
  'capture_method',
  'confirm',
  'customer',
  'setup_future_usage',
  'off_session',
  'return_url',
  'error_on_requires_action',
  'metadata',
  'expand',
]);

/** The only kind of payment that the sandbox supports: confirmed at once, captured later. */
const supportedPayment = { capture_method: 'manual', confirm: 'true' };

/**
 * The part of Stripe's API that the payment adapter uses: PaymentIntents with manual capture, customers, and refunds.
 *
 * @param publicUrl base URL of the pages that ask customers; empty means the origin of the request.
 */
export function stripeSandbox(book: PaymentBook, clock: Clock, publicUrl: string) {
  return async (request: SandboxRequest): Promise<SandboxAnswer> => {
    if (request.apiKey === undefined) return stripe.noKey;
    if (!acceptedKey.test(request.apiKey)) return stripe.wrongKey;
    const [, , resource = '', id = '', action = ''] = request.path.split('/');
    const form = decodeForm(request.body);
    const identity = identityOf(request);
    switch (
      `${request.method} ${resource}${id === '' ? '' : id === 'search' ? '/search' : '/id'}${action && `/${action}`}`
    ) {
      case 'POST payment_intents':
        return authorize(book, form, identity, clock(), `${publicUrl === '' ? request.origin : publicUrl}/challenges`);
      case 'POST customers':
        return createCustomer(form, identity);
      case 'GET payment_intents/search':
        return search(book, request.query.query ?? '');
      case 'GET payment_intents/id':
        return found(await book.find(id), id, JSON.stringify(request.query).includes('latest_charge'));
      case 'POST payment_intents/id/capture':
        return capture(book, id, form, identity, clock());
      case 'POST payment_intents/id/cancel':
        return cancel(book, id);
      case 'POST refunds':
        return refund(book, form, identity, clock());
      case 'GET refunds':
        return refundsOf(book, request.query.payment_intent);
      default:
        return stripe.unknownUrl(request.method, request.path);
    }
  };
}

function identityOf({ path, body, headers }: SandboxRequest): RequestIdentity {
  return {
    key: headers['idempotency-key'] ?? randomUUID(),
    fingerprint: createHash('sha256').update(`${path}\n${body}`).digest('base64url'),
  };
}

/** Whether the request asks for the charge itself in place of its id. */
function expandsCharge(form: Form): boolean {
  return [form.expand].flat().includes('latest_charge');
}

function ok(body: Record<string, unknown>, replayed = false): SandboxAnswer {
  return replayed ? { status: 200, body, headers: { 'idempotent-replayed': 'true' } } : { status: 200, body };
}

function found(payment: Payment | undefined, id: string, withCharge: boolean): SandboxAnswer {
  return payment === undefined ? stripe.noSuchPayment(id) : ok(stripe.paymentIntent(payment, withCharge));
}

/** The customer is not stored: nothing is asked of one but the id, which a repeated request gets again. */
function createCustomer(form: Form, { key }: RequestIdentity): SandboxAnswer {
  const id = `cus_${createHash('sha256').update(key).digest('hex').slice(0, 14)}`;
  return ok({ id, object: 'customer', metadata: readMetadata(form) });
}

/** What is wrong with the parameters of a new payment; undefined when nothing is. */
function wrongParameter(form: Form): SandboxAnswer | undefined {
  const stray = Object.keys(form).find((name) => !createParameters.has(name));
  if (stray !== undefined) return stripe.unknownParameter(stray);
  const missing = ['amount', 'currency', 'payment_method'].find((name) => textOf(form, name) === undefined);
  if (missing !== undefined) return stripe.missingParameter(missing);
  const unsupported = Object.entries(supportedPayment).find(([name, value]) => textOf(form, name) !== value);
  if (unsupported !== undefined) return stripe.unsupportedPayment(unsupported.join('='));
  const amountMinor = readAmount(form, 'amount');
  if (amountMinor === undefined) return stripe.wrongInteger('amount');
  return amountMinor === 0 ? stripe.amountTooSmall : undefined;
}

/** A payment method that a payment has used belongs to the customer of that payment, if it was saved then. */
async function misusedMethod(book: PaymentBook, form: Form): Promise<SandboxAnswer | undefined> {
  const id = textOf(form, 'payment_method') ?? '';
  const firstUse = firstUseOf(id);
  if (firstUse === undefined) return undefined;
  const payment = await book.find(firstUse);
  if (payment === undefined) return stripe.noSuchMethod(id);
  if (payment.customerId === undefined || payment.savesMethod !== true) return stripe.methodUsedUp;
  return textOf(form, 'customer') === payment.customerId ? undefined : stripe.methodOfCustomer;
}

async function authorize(
  book: PaymentBook,
  form: Form,
  request: RequestIdentity,
  now: string,
  pages: string,
): Promise<SandboxAnswer> {
  const wrong = wrongParameter(form) ?? (await misusedMethod(book, form));
  if (wrong !== undefined) return wrong;
  const amountMinor = readAmount(form, 'amount') ?? 0;
  const paymentMethodId = textOf(form, 'payment_method') ?? '';
  const behavior = behaviorOf(paymentMethodId);
  if (behavior === undefined) return stripe.noSuchMethod(paymentMethodId);
  if (behavior.kind === 'faulted') return stripe.broken;
  const metadata = readMetadata(form);
  const orderId = metadata.order_id ?? '';
  const currency = (textOf(form, 'currency') ?? '').toUpperCase();
  const attempt = { id: `pi_${request.key}`, amount: amountMinor, currency: currency.toLowerCase(), metadata };
  if (behavior.kind === 'declined') return stripe.cardDeclined(behavior.code, behavior.declineCode, attempt);
  const isOffSession = textOf(form, 'off_session') === 'true';
  if (isOffSession && behavior.asks !== undefined) {
    return stripe.cardDeclined('authentication_required', 'authentication_required', attempt);
  }
  if (behavior.quirk === 'flaky' && (await book.countAttempt(orderId)) < flakyUntilAttempt) return stripe.broken;
  const card = partsOf(partsOf(form, 'payment_method_options'), 'card');
  const isAvailable = behavior.quirk !== 'single_capture';
  const multicapture = isAvailable && textOf(card, 'request_multicapture') === 'if_available';
  const [customerId, returnUrl] = [textOf(form, 'customer'), textOf(form, 'return_url')];
  const payment = {
    ...{ orderId, amountMinor, currency, paymentMethodId, multicapture, metadata, createdAt: now },
    asksCustomer: behavior.asks === 'always',
    savesMethod: textOf(form, 'setup_future_usage') === 'off_session',
    ...(customerId === undefined ? {} : { customerId }),
    ...(returnUrl === undefined ? {} : { returnUrl }),
  };
  const outcome = await book.authorize(payment, pages, request);
  // The payment is stored and its response is lost: a repetition with the same key is answered.
  if (outcome.kind === 'done' && behavior.quirk === 'lost_answer') return stripe.broken;
  return answer(outcome, (made) =>
    ok(stripe.paymentIntent(stripe.asAuthorized(made), expandsCharge(form)), outcome.kind === 'replayed'),
  );
}

async function search(book: PaymentBook, query: string): Promise<SandboxAnswer> {
  const orderId = /^metadata\['order_id'\]:'([^']+)'$/.exec(query)?.[1];
  if (orderId === undefined) return stripe.missingParameter('query');
  return ok(stripe.searchResult(await book.ofOrder(orderId)));
}

async function capture(
  book: PaymentBook,
  id: string,
  form: Form,
  request: RequestIdentity,
  now: string,
): Promise<SandboxAnswer> {
  const given = textOf(form, 'amount_to_capture') !== undefined;
  const amount = readAmount(form, 'amount_to_capture');
  if (given && amount === undefined) return stripe.wrongInteger('amount_to_capture');
  const final = textOf(form, 'final_capture') !== 'false';
  if ((await book.find(id))?.paymentMethodId === expiring) await book.cancel(id);
  const outcome = await book.capture(id, amount, final, readMetadata(form), now, request);
  return answer(
    outcome,
    (payment) => ok(stripe.paymentIntent(payment), outcome.kind === 'replayed'),
    (payment) => {
      if (payment.status !== 'requires_capture') return stripe.unexpectedState(payment, 'captured');
      if (payment.paymentMethodId === failingCapture) return stripe.captureRefused(payment);
      return !final && !payment.multicapture ? stripe.noMulticapture : stripe.amountTooLarge('amount_to_capture');
    },
    id,
  );
}

async function cancel(book: PaymentBook, id: string): Promise<SandboxAnswer> {
  return answer(
    await book.cancel(id),
    (payment) => ok(stripe.paymentIntent(payment)),
    (payment) => stripe.unexpectedState(payment, 'canceled'),
    id,
  );
}

async function refund(book: PaymentBook, form: Form, request: RequestIdentity, now: string): Promise<SandboxAnswer> {
  const id = textOf(form, 'payment_intent');
  if (id === undefined) return stripe.missingParameter('payment_intent');
  const outcome = await book.refund(id, readAmount(form, 'amount'), now, request);
  return answer(
    outcome,
    (payment) => {
      const made = payment.refunds.find(({ key }) => key === request.key);
      return made === undefined ? stripe.broken : ok(stripe.refundObject(payment, made), outcome.kind === 'replayed');
    },
    (payment) => (payment.refundableMinor === 0 ? stripe.alreadyRefunded : stripe.amountTooLarge('amount')),
    id,
  );
}

async function refundsOf(book: PaymentBook, id: string | undefined): Promise<SandboxAnswer> {
  if (id === undefined) return stripe.missingParameter('payment_intent');
  const payment = await book.find(id);
  return payment === undefined ? stripe.noSuchPayment(id) : ok(stripe.refundList(payment));
}

function answer(
  outcome: Outcome<Payment>,
  done: (payment: Payment) => SandboxAnswer,
  impossible: (payment: Payment) => SandboxAnswer = () => stripe.keyReused,
  id = '',
): SandboxAnswer {
  switch (outcome.kind) {
    case 'done':
    case 'replayed':
      return done(outcome.payment);
    case 'key_reused':
      return stripe.keyReused;
    case 'unknown':
      return stripe.noSuchPayment(id);
    case 'impossible':
      return impossible(outcome.payment);
  }
}

/** Whole and not negative, or undefined. */
function readAmount(form: Form, name: string): number | undefined {
  const text = textOf(form, name) ?? '';
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

function readMetadata(form: Form): Record<string, string> {
  const entries = Object.entries(partsOf(form, 'metadata') ?? {});
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
