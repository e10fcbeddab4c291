import { createHash, randomUUID } from 'node:crypto';
import { failingCapture, type Payment, type Refund } from '../domain/payment.ts';
import { type Books, dynamoBooks, type Written } from './books.ts';

/** Identifies a request, so that a repetition is recognized. */
export interface RequestIdentity {
  /** The idempotency key; a request without one gets a random key. */
  readonly key: string;
  /** Hash of path and body. */
  readonly fingerprint: string;
}

/**
 * Result of a request: `done` now, `replayed` from the same earlier request, `key_reused` by a different request,
 * `unknown` payment, or `impossible` in the payment's state.
 */
export type Outcome<Entry> =
  | { readonly kind: 'done' | 'replayed'; readonly payment: Entry }
  | { readonly kind: 'key_reused' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'impossible'; readonly payment: Entry };

export type NewPayment = Pick<
  Payment,
  | 'orderId'
  | 'amountMinor'
  | 'currency'
  | 'paymentMethodId'
  | 'multicapture'
  | 'metadata'
  | 'createdAt'
  | 'customerId'
  | 'savesMethod'
  | 'asksCustomer'
  | 'returnUrl'
>;

export interface PaymentBook {
  /** @param pages base URL of the pages that ask customers. */
  authorize(payment: NewPayment, pages: string, request: RequestIdentity): Promise<Outcome<Payment>>;
  /** The customer confirms a payment or refuses it. `impossible` when the payment does not wait for that. */
  answer(id: string, isConfirmed: boolean): Promise<Outcome<Payment>>;
  /** @param amountMinor undefined captures all that is left. */
  capture(
    id: string,
    amountMinor: number | undefined,
    final: boolean,
    metadata: Readonly<Record<string, string>>,
    at: string,
    request: RequestIdentity,
  ): Promise<Outcome<Payment>>;
  cancel(id: string): Promise<Outcome<Payment>>;
  refund(id: string, amountMinor: number | undefined, at: string, request: RequestIdentity): Promise<Outcome<Payment>>;
  find(id: string): Promise<Payment | undefined>;
  ofOrder(orderId: string): Promise<Payment[]>;
  /** Counts an attempt to authorize the order and returns the number of attempts so far, this one included. */
  countAttempt(orderId: string): Promise<number>;
}

const idLength = 24;

/**
 * The records of payments. The id of an order's payment is derived from the order's id, so that one conditional write
 * either creates or finds it. A second payment of the same order, under another key, is kept as its sibling, where tests
 * and the search find it.
 */
export function paymentBook(table: string): PaymentBook {
  const books = dynamoBooks<Payment>(table, 'payment');
  return {
    authorize: (payment, pages, request) => authorize(books, payment, pages, request),
    answer: (id, isConfirmed) => answer(books, id, isConfirmed),
    async capture(id, amountMinor, final, metadata, at, request) {
      const amount = amountMinor ?? (await books.find(id))?.capturableMinor ?? 0;
      const tags = Object.entries(metadata);
      const written = await books.change(id, {
        update: [
          'SET capturedMinor = capturedMinor + :amount, refundableMinor = refundableMinor + :amount',
          `capturableMinor = ${final ? ':zero' : 'capturableMinor - :amount'}`,
          `#status = ${final ? ':succeeded' : ':open'}`,
          'captures = list_append(captures, :capture), #keys.#key = :fingerprint',
          ...tags.map((_, index) => `metadata.#tag${index} = :tag${index}`),
        ].join(', '),
        condition: [
          '#status = :open AND capturableMinor >= :amount AND attribute_not_exists(#keys.#key)',
          'paymentMethodId <> :failing',
          ...(final ? [] : ['multicapture = :yes']),
        ].join(' AND '),
        names: {
          '#status': 'status',
          '#keys': 'keys',
          '#key': request.key,
          ...Object.fromEntries(tags.map(([name], index) => [`#tag${index}`, name])),
        },
        values: {
          ':amount': amount,
          ':open': 'requires_capture',
          ':capture': [{ key: request.key, amountMinor: amount, at }],
          ':fingerprint': request.fingerprint,
          ':failing': failingCapture,
          ...(final ? { ':zero': 0, ':succeeded': 'succeeded' } : { ':yes': true }),
          ...Object.fromEntries(tags.map(([, value], index) => [`:tag${index}`, value])),
        },
      });
      return outcomeOf(written, request);
    },
    cancel: (id) => cancel(books, id),
    async refund(id, amountMinor, at, request) {
      const amount = amountMinor ?? (await books.find(id))?.refundableMinor ?? 0;
      const refund: Refund = { id: idFrom('re', id, request.key), key: request.key, amountMinor: amount, at };
      const written = await books.change(id, {
        update:
          'SET refundedMinor = refundedMinor + :amount, refundableMinor = refundableMinor - :amount, ' +
          'refunds = list_append(refunds, :refund), #keys.#key = :fingerprint',
        condition: 'refundableMinor >= :amount AND :amount > :zero AND attribute_not_exists(#keys.#key)',
        names: { '#keys': 'keys', '#key': request.key },
        values: { ':amount': amount, ':zero': 0, ':refund': [refund], ':fingerprint': request.fingerprint },
      });
      return outcomeOf(written, request);
    },
    find: (id) => books.find(id),
    async ofOrder(orderId) {
      const first = await books.find(idFrom('pi', orderId));
      if (first === undefined) return [];
      const siblings = await Promise.all(first.siblings.map((id) => books.find(id)));
      return [first, ...siblings.filter((payment) => payment !== undefined)];
    },
    countAttempt: (orderId) => books.count(orderId),
  };
}

async function answer(books: Books<Payment>, id: string, isConfirmed: boolean): Promise<Outcome<Payment>> {
  const written = await books.change(id, {
    update: `SET #status = :next, isConfirmed = :answer, capturableMinor = ${isConfirmed ? 'amountMinor' : ':zero'}`,
    condition: '#status = :asking',
    names: { '#status': 'status' },
    values: {
      ':next': isConfirmed ? 'requires_capture' : 'requires_payment_method',
      ':asking': 'requires_action',
      ':answer': isConfirmed,
      ...(isConfirmed ? {} : { ':zero': 0 }),
    },
  });
  return outcomeOf(written);
}

async function cancel(books: Books<Payment>, id: string): Promise<Outcome<Payment>> {
  const written = await books.change(id, {
    update: 'SET #status = :canceled, capturableMinor = :zero',
    condition: '#status IN (:open, :asking, :refused)',
    names: { '#status': 'status' },
    values: {
      ...{ ':canceled': 'canceled', ':zero': 0 },
      ...{ ':open': 'requires_capture', ':asking': 'requires_action', ':refused': 'requires_payment_method' },
    },
  });
  return outcomeOf(written);
}

async function authorize(
  books: Books<Payment>,
  payment: NewPayment,
  pages: string,
  request: RequestIdentity,
): Promise<Outcome<Payment>> {
  const { orderId, asksCustomer = false, returnUrl } = payment;
  const secret = () => randomUUID().replaceAll('-', '');
  const entry = (id: string): Payment => ({
    ...payment,
    id,
    status: asksCustomer ? 'requires_action' : 'requires_capture',
    capturableMinor: asksCustomer ? 0 : payment.amountMinor,
    capturedMinor: 0,
    refundableMinor: 0,
    refundedMinor: 0,
    captures: [],
    refunds: [],
    keys: { [request.key]: request.fingerprint },
    siblings: [],
    clientSecret: `${id}_secret_${secret()}`,
    ...(asksCustomer && returnUrl !== undefined ? { challengeUrl: `${pages}/${id}-${secret()}` } : {}),
  });
  const id = orderId === '' ? idFrom('pi', request.key) : idFrom('pi', orderId);
  const written = await books.open(id, entry(id));
  const first = 'done' in written ? undefined : written.instead;
  if (first === undefined || first.keys[request.key] !== undefined) return outcomeOf(written, request);
  const siblingId = idFrom('pi', orderId, request.key);
  const sibling = await books.open(siblingId, entry(siblingId));
  if ('done' in sibling) {
    await books.change(id, {
      update: 'SET siblings = list_append(siblings, :sibling)',
      condition: 'NOT contains(siblings, :id)',
      values: { ':sibling': [siblingId], ':id': siblingId },
    });
  }
  return outcomeOf(sibling, request);
}

function outcomeOf(written: Written<Payment>, request?: RequestIdentity): Outcome<Payment> {
  if ('done' in written) return { kind: 'done', payment: written.done };
  const payment = written.instead;
  if (payment === undefined) return { kind: 'unknown' };
  const seen = request === undefined ? undefined : payment.keys[request.key];
  if (seen === undefined) return { kind: 'impossible', payment };
  return seen === request?.fingerprint ? { kind: 'replayed', payment } : { kind: 'key_reused' };
}

function idFrom(prefix: string, ...parts: readonly string[]): string {
  return `${prefix}_${createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, idLength)}`;
}
