import * as z from 'zod/mini';
import {
  allocation,
  currencyCode,
  lineQuantity,
  minorUnits,
  orderLine,
  shipment,
  sourcing,
  text,
  totals,
} from '../../../events/vocabulary.ts';

/** What every saga carries: whose order, the log version it started from, and where the request came from. */
const sagaBase = {
  orderId: text,
  version: z.int(),
  correlationId: text,
  traceparent: text,
};

export const stockHold = z.object({
  allocations: z.array(allocation),
  expiresAt: text,
  sourcing: z.exactOptional(sourcing),
});
export const authorization = z.object({ paymentId: text, amountMinor: minorUnits, currency: currencyCode });

/** What Step Functions puts at `$.failure`: the error's name and Lambda's JSON about it. */
export const caughtFailure = z.object({ Error: text, Cause: text });

export const cancelledShipments = z.object({
  cancelled: z.array(z.object({ shipmentId: text, carrierShipmentId: text, trackingCode: text })),
});
export const voidedPayment = z.object({ voided: z.nullable(authorization) });
export const releasedStock = z.object({ released: z.array(allocation) });

const undone = z.object({
  shipments: z.optional(cancelledShipments),
  payment: z.optional(voidedPayment),
  stock: z.optional(releasedStock),
});

/** The state of `order-saga`: its input, then what each step answered, then what was undone. */
export const orderSagaState = z.object({
  ...sagaBase,
  order: z.object({
    customerId: text,
    currency: currencyCode,
    lines: z.array(orderLine),
    totals,
    shipTo: z.object({ country: text, postalArea: text }),
    paymentMethodId: text,
    allowSplitShipments: z.optional(z.boolean()),
    placedAt: text,
  }),
  stock: z.optional(stockHold),
  payment: z.optional(authorization),
  shipments: z.optional(z.array(shipment)),
  failure: z.optional(caughtFailure),
  undone: z.optional(undone),
  undoFailure: z.optional(caughtFailure),
});
export type OrderSagaState = z.output<typeof orderSagaState>;

/** What an undo step may count on, whichever saga runs it. `cancellation-saga` starts with nothing but the base. */
export const undoState = z.object({
  ...sagaBase,
  stock: z.optional(stockHold),
  payment: z.optional(authorization),
  shipments: z.optional(z.array(shipment)),
  failure: z.optional(caughtFailure),
  undone: z.optional(undone),
  undoFailure: z.optional(caughtFailure),
});
export type UndoState = z.output<typeof undoState>;

/** The state of `dispatch-saga`: one shipment to take the money for and to book out. */
export const dispatchSagaState = z.object({
  ...sagaBase,
  shipmentId: text,
  location: text,
  lines: z.array(lineQuantity),
  paymentId: text,
  amountMinor: minorUnits,
  currency: currencyCode,
  finalCapture: z.boolean(),
  capture: z.optional(authorization),
  failure: z.optional(caughtFailure),
});
export type DispatchSagaState = z.output<typeof dispatchSagaState>;
