import type { Order, OrderCommands } from '../../orders/index.ts';
import { isBeingUndone } from '../../orders/index.ts';
import type { PaymentGateway } from '../../payments/index.ts';
import { isRefusal, type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import {
  bookOf,
  bookOfRenewal,
  captured,
  coveredBy,
  type PaymentBook,
  settledBook,
  stillToCapture,
} from '../domain/payment-books.ts';
import type { CaptureAnswer, DispatchSagaState } from '../domain/saga-state.ts';

/** Payments that one run tries. Each one beyond the first was captured meanwhile for another parcel of the order. */
const maxPayments = 10;

interface Dependencies {
  readonly gateway: Pick<PaymentGateway, 'capture' | 'renew' | 'release' | 'lookUp'>;
  readonly orders: Pick<OrderCommands, 'load'>;
  /** Whether the first parcel of a payment that can be captured once takes the amount of all parcels. */
  readonly captureWhole: 'never' | 'first-dispatch';
}

type CaptureFailure = Refusal<'PAYMENT_CAPTURE_REFUSED' | 'AUTHORIZATION_EXPIRED'>;

/**
 * The step that takes a parcel's amount. Usually that is one capture. A payment that can be captured once is captured for the
 * last time, and the rest is authorized anew at once; a payment that holds nothing any more is replaced first. What was done
 * is read from the gateway's books, so that a repetition, or the run of another parcel, finds it and adds nothing.
 */
export function shipmentCapturer(deps: Dependencies) {
  return async (state: DispatchSagaState): Promise<CaptureAnswer | CaptureFailure> => {
    const { orderId, shipmentId, paymentId, amountMinor, currency, finalCapture } = state;
    // A capture of the whole is found in the books only: its amount is another one than that of the parcel.
    if (state.singleCapture !== true && deps.captureWhole === 'never') {
      const request = { orderId, shipmentId, paymentId, amountMinor, currency };
      const answer = await deps.gateway.capture({ ...request, final: finalCapture });
      if (!isRefusal(answer)) return answer;
      if (answer.refused.code === 'PAYMENT_CAPTURE_REFUSED') return answer as CaptureFailure;
    }
    const order = await deps.orders.load(orderId);
    if (order === undefined || !goesOn(order)) return refuse('PAYMENT_CAPTURE_REFUSED', 'The order has ended.');
    return new PaymentChain(deps, order, state, await booksOf(order, deps.gateway)).capture();
  };
}

function goesOn(order: Order): boolean {
  if (order.status === 'confirmed') return !isBeingUndone(order.undoing);
  return order.status === 'on_hold' && order.held.status === 'confirmed' && !isBeingUndone(order.held.undoing);
}

async function booksOf(order: Order, gateway: Pick<PaymentGateway, 'lookUp'>): Promise<PaymentBook[]> {
  const { orderId, currency } = order;
  const books: PaymentBook[] = [];
  for (const payment of order.payments.filter(({ voided }) => !voided)) {
    const settled = settledBook(payment);
    const found = settled ?? (await gateway.lookUp({ orderId, currency, paymentId: payment.paymentId }));
    if (found !== undefined) books.push('isSingle' in found ? found : bookOf(payment, found));
  }
  return books;
}

/** The payments of one order, each of which replaces the one before it. */
class PaymentChain {
  readonly #deps: Dependencies;
  readonly #order: Order;
  readonly #shipmentId: string;
  /** What the parcel and, if this capture takes it, shipping cost. */
  readonly #amountMinor: number;
  readonly #books: PaymentBook[];

  constructor(
    deps: Dependencies,
    order: Order,
    { shipmentId, amountMinor }: Pick<DispatchSagaState, 'shipmentId' | 'amountMinor'>,
    books: PaymentBook[],
  ) {
    this.#deps = deps;
    this.#order = order;
    this.#shipmentId = shipmentId;
    this.#amountMinor = amountMinor;
    this.#books = books;
  }

  async capture(): Promise<CaptureAnswer | CaptureFailure> {
    const failure = await this.#captureParcel();
    if (failure !== undefined) return failure;
    const rest = stillToCapture(this.#order, this.#books);
    const renewalRefused = await this.#authorizeRest(rest);
    const { capturedMinor, paymentId } = this.#ofParcel() ?? { capturedMinor: 0, paymentId: this.#last().paymentId };
    const covers = rest === 0 ? coveredBy(this.#order, this.#shipmentId, this.#books) : [];
    return {
      ...{ paymentId, amountMinor: capturedMinor, currency: this.#order.currency },
      ...(covers.length === 0 ? {} : { covers }),
      payments: this.#books.map(({ paymentId: id, authorizedMinor, capturedMinor: taken, openMinor, renewal }) => ({
        ...{ paymentId: id, authorizedMinor, capturedMinor: taken, openMinor },
        ...(renewal === undefined ? {} : { renewal }),
      })),
      ...(renewalRefused === undefined ? {} : { renewalRefused }),
    };
  }

  #last(): PaymentBook {
    const last = this.#books.at(-1);
    if (last === undefined) throw new Error(`order ${this.#order.orderId}: the gateway has none of its payments`);
    return last;
  }

  /** What was captured for the parcel, if it was. */
  #ofParcel(): { readonly paymentId: string; readonly capturedMinor: number } | undefined {
    for (const { paymentId, captures } of this.#books) {
      const capturedMinor = captures[this.#shipmentId];
      if (capturedMinor !== undefined) return { paymentId, capturedMinor };
    }
    return undefined;
  }

  async #captureParcel(): Promise<CaptureFailure | undefined> {
    if (this.#order.payment.capturedShipments.includes(this.#shipmentId)) return undefined;
    for (let tried = 0; tried < maxPayments; tried++) {
      const still = stillToCapture(this.#order, this.#books);
      const needed = Math.min(this.#amountMinor, still);
      if (this.#ofParcel() !== undefined || needed === 0) return undefined;
      let book = this.#books.findLast(({ openMinor }) => openMinor >= needed);
      if (book === undefined) {
        const refused = await this.#renew(still);
        if (refused !== undefined) return refuse('AUTHORIZATION_EXPIRED', refused.detail);
        book = this.#last();
      }
      const failure = await this.#captureFrom(book, needed, still);
      if (failure !== undefined) return failure;
    }
    throw new Error(`order ${this.#order.orderId}: ${maxPayments} payments were closed by others`);
  }

  /** Undefined also when the payment turns out to hold nothing, or to be captured once only: the next look knows. */
  async #captureFrom(book: PaymentBook, needed: number, still: number): Promise<CaptureFailure | undefined> {
    const { orderId, currency } = this.#order;
    const { paymentId, isSingle, openMinor } = book;
    const isWhole = isSingle && this.#deps.captureWhole === 'first-dispatch';
    const amountMinor = isWhole ? Math.min(still, openMinor) : needed;
    const final = isSingle || amountMinor === still;
    const request = { orderId, shipmentId: this.#shipmentId, paymentId, amountMinor, currency, final };
    const answer = await this.#deps.gateway.capture(request);
    if (!isRefusal(answer)) return this.#change(captured(book, this.#shipmentId, amountMinor, final));
    switch (answer.refused.code) {
      case 'SINGLE_CAPTURE':
        return this.#change({ ...book, isSingle: true });
      case 'AUTHORIZATION_CLOSED': {
        const found = await this.#deps.gateway.lookUp({ orderId, paymentId, currency });
        return this.#change({ ...book, ...found, isSingle, openMinor: 0 });
      }
      default:
        return answer as CaptureFailure;
    }
  }

  #change(book: PaymentBook): undefined {
    const index = this.#books.findIndex(({ paymentId }) => paymentId === book.paymentId);
    this.#books[index] = book;
  }

  /** Authorizes what no payment holds, or lets go of what is not needed any more. */
  async #authorizeRest(rest: number) {
    const { orderId, currency } = this.#order;
    const held = this.#books.reduce((sum, { openMinor }) => sum + openMinor, 0);
    if (rest > held) return this.#renew(rest);
    for (const book of rest === 0 ? this.#books.filter(({ openMinor }) => openMinor > 0) : []) {
      await this.#deps.gateway.release({ orderId, paymentId: book.paymentId, currency });
      this.#change({ ...book, openMinor: 0 });
    }
    return undefined;
  }

  /** @returns the refusal; undefined when the amount is authorized. */
  async #renew(amountMinor: number) {
    const { orderId, currency, payment } = this.#order;
    const { paymentId: replaces } = this.#last();
    const attempt = payment.renewalsRefused ?? 0;
    const answer = await this.#deps.gateway.renew({ orderId, replaces, attempt, amountMinor, currency });
    if (!isRefusal(answer)) {
      this.#books.push(bookOfRenewal(answer));
      return undefined;
    }
    const { code, detail } = answer.refused;
    return { paymentId: replaces, amountMinor, currency, code, detail };
  }
}
