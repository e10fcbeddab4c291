import * as z from 'zod/mini';
import { tolerant } from '../../../events/tolerant.ts';
import * as vocabulary from '../../../events/vocabulary.ts';
import { stateLines, withFullLines } from './compact-state.ts';

/**
 * A step may get the answer of a step that was deployed after it. Fields that it does not know are left out, so that its
 * own answer and commit have only fields that it knows.
 */
const { currencyCode, minorUnits, text } = vocabulary;
const appliedDiscount = tolerant(vocabulary.appliedDiscount);
const allocation = z.extend(tolerant(vocabulary.allocation), { lines: stateLines });
const lineQuantity = tolerant(vocabulary.lineQuantity);
/** Large orders have no titles here. */
const orderLine = z.extend(tolerant(vocabulary.orderLine), { title: z.optional(text) });
const shipment = z.extend(tolerant(vocabulary.shipment), { lines: stateLines });
const sourcing = tolerant(vocabulary.sourcing);
const totals = tolerant(vocabulary.totals);

/**
 * Fields of every saga's state: the order, the version of its log that the saga started from, and the request's
 * correlation and trace.
 */
const sagaBase = {
  orderId: text,
  version: z.int(),
  correlationId: text,
  traceparent: text,
};

/** The answer of ReserveStock. */
const stockHold = z.object({
  allocations: z.array(allocation),
  expiresAt: text,
  sourcing: z.exactOptional(sourcing),
  /** The order had its reservation before this run asked for one. */
  heldBefore: z.exactOptional(z.boolean()),
});
/** An amount of a payment: authorized, captured or voided. */
const paidAmount = z.object({ paymentId: text, amountMinor: minorUnits, currency: currencyCode });
/** The answer of AuthorizePayment. */
const authorization = z.extend(paidAmount, {
  captureBefore: z.exactOptional(text),
  multicapture: z.exactOptional(z.boolean()),
});

/** What Step Functions stores at `$.failure`: the name of the error and Lambda's JSON description of it. */
const caughtFailure = z.object({ Error: text, Cause: text });

const cancelledShipments = z.object({
  cancelled: z.array(z.object({ shipmentId: text, carrierShipmentId: text, trackingCode: text })),
});
/** What the gateway refused to authorize anew, and why. */
const renewalRefused = z.extend(paidAmount, { code: text, detail: text });
/** What the gateway has on record for a payment. */
const paymentRecord = z.object({
  paymentId: text,
  authorizedMinor: minorUnits,
  capturedMinor: minorUnits,
  openMinor: minorUnits,
  /** Present when the order's log may not name the payment yet. */
  renewal: z.exactOptional(authorization),
});
/** The answer of CapturePayment. The usual capture, from a payment that stays open or was captured whole, is an amount alone. */
const captureAnswer = z.extend(paidAmount, {
  covers: z.exactOptional(z.array(text)),
  payments: z.exactOptional(z.array(paymentRecord)),
  renewalRefused: z.exactOptional(renewalRefused),
});
export type CaptureAnswer = z.output<typeof captureAnswer>;

const voidedPayment = z.object({
  voided: z.nullable(paidAmount),
  others: z.exactOptional(z.array(paidAmount)),
});
const releasedStock = z.object({ released: z.array(allocation) });

const undone = z.object({
  shipments: z.optional(cancelledShipments),
  payment: z.optional(voidedPayment),
  stock: z.optional(releasedStock),
});

/**
 * The answer of each step of order-saga, the caught failures, and the answers of the undo steps. Each is absent until
 * its step has answered.
 */
const answers = {
  stock: z.optional(stockHold),
  payment: z.optional(authorization),
  shipments: z.optional(z.array(shipment)),
  failure: z.optional(caughtFailure),
  undone: z.optional(undone),
  undoFailure: z.optional(caughtFailure),
};

/** The state of order-saga: its input and the answers so far. */
export const orderSagaState = z
  .object({
    ...sagaBase,
    order: z.object({
      customerId: text,
      currency: currencyCode,
      lines: z.array(orderLine),
      totals,
      shipTo: z.object({ country: text, postalArea: text }),
      paymentMethodId: text,
      allowSplitShipments: z.optional(z.boolean()),
      taxIncluded: z.exactOptional(z.literal(true)),
      discounts: z.exactOptional(z.array(appliedDiscount)),
      savesPaymentMethod: z.optional(z.boolean()),
      returnUrl: z.optional(text),
      placedAt: text,
    }),
    ...answers,
  })
  .check(z.overwrite((state) => withFullLines(state)));
export type OrderSagaState = z.output<typeof orderSagaState>;

/** The state of an undo step in any saga. cancellation-saga starts with the base alone. */
export const undoState = z
  .object({
    ...sagaBase,
    order: z.optional(z.object({ lines: z.array(z.object({ lineId: text, sku: text })) })),
    ...answers,
  })
  .check(z.overwrite((state) => withFullLines(state)));
export type UndoState = z.output<typeof undoState>;

/** The state of dispatch-saga: one shipment whose payment is captured and whose stock is committed. */
export const dispatchSagaState = z.object({
  ...sagaBase,
  shipmentId: text,
  location: text,
  lines: z.array(lineQuantity),
  paymentId: text,
  amountMinor: minorUnits,
  currency: currencyCode,
  finalCapture: z.boolean(),
  singleCapture: z.optional(z.boolean()),
  digital: z.exactOptional(z.literal(true)),
  capture: z.optional(captureAnswer),
  failure: z.optional(caughtFailure),
});
export type DispatchSagaState = z.output<typeof dispatchSagaState>;
