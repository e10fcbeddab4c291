import type { OrderResource } from '../../../api/orders.ts';
import type { PersonalData } from './line-notes.ts';
import {
  awaitsPayment,
  fulfillmentStatusOf,
  type Order,
  type OrderPayment,
  paymentStatusOf,
  type Shipment,
} from './order.ts';

/** With what the customer confirms a payment. It is stored apart from the order, for as long as the order waits for it. */
export type PaymentSecrets = Pick<OrderResource['payment'], 'clientSecret' | 'redirectUrl'>;

/**
 * The order as the API returns it.
 *
 * @param personal the address, contact and notes on lines; what is undefined is absent from the resource.
 * @param forStaff includes what only staff may see: the sourcing, with every location that could have served the order,
 *   deliveries that were reported before the dispatch, and the gateway's ids of the payments.
 * @param secrets for the order's customer alone: with what the payment is confirmed.
 */
export function orderResource(
  order: Order,
  personal: PersonalData | undefined,
  forStaff = false,
  secrets: PaymentSecrets = {},
): OrderResource {
  const { payment, sourcing, allowSplitShipments } = order;
  return {
    orderId: order.orderId,
    customerId: order.customerId,
    status: order.status,
    paymentStatus: paymentStatusOf(order),
    fulfillmentStatus: fulfillmentStatusOf(order),
    currency: order.currency,
    lines: order.lines.map(({ weightGrams: _weightGrams, priceNamed, ...rest }) => {
      const line = forStaff && priceNamed ? { ...rest, priceNamed } : rest;
      const lineNote = personal?.lineNotes?.[line.lineId];
      return lineNote === undefined ? line : { ...line, lineNote };
    }),
    totals: order.totals,
    taxIncluded: order.taxIncluded ?? false,
    discounts: (order.discounts ?? []).map(({ code, on, amountMinor }) => ({ code, on, amountMinor })),
    ...(order.shippingOption === undefined ? {} : { shippingOption: order.shippingOption }),
    ...(forStaff && order.priceReason !== undefined ? { priceReason: order.priceReason } : {}),
    ...(personal?.shippingAddress && { shippingAddress: personal.shippingAddress }),
    ...(personal?.contact && { contact: personal.contact }),
    shipments: order.shipments.map((shipment) => shipmentResource(order, shipment, forStaff)),
    payment: {
      authorizedMinor: payment.authorizedMinor,
      capturedMinor: payment.capturedMinor,
      refundedMinor: payment.refundedMinor,
      ...(awaitsPayment(order) ? { actionBefore: payment.action?.actionBefore } : {}),
      ...secrets,
    },
    payments: order.payments.map((each) => paymentResource(each, forStaff)),
    ...(forStaff && sourcing !== undefined
      ? { sourcing: { ...sourcing, candidates: [...sourcing.candidates], chosen: [...sourcing.chosen] } }
      : {}),
    ...(allowSplitShipments === undefined ? {} : { allowSplitShipments }),
    ...(order.status === 'rejected' ? { rejection: order.rejection } : {}),
    ...(order.status === 'on_hold' ? { hold: forStaff ? order.hold : holdForCustomer(order.hold) } : {}),
    placedAt: order.placedAt,
    updatedAt: order.updatedAt,
    version: order.version,
  };
}

function paymentResource(payment: OrderPayment, forStaff: boolean): OrderResource['payments'][number] {
  const { paymentId, multicapture: _multicapture, ...rest } = payment;
  return forStaff ? { paymentId, ...rest } : rest;
}

type Hold = Extract<Order, { status: 'on_hold' }>['hold'];

/** What a customer reads of a hold. Its detail names steps and remedies for staff, but for the stock that an order waits for. */
function holdForCustomer(hold: Hold): Hold {
  return hold.reason === 'backordered' ? hold : { ...hold, detail: 'The shop is looking into the order.' };
}

function shipmentResource({ deliveryReports = [] }: Order, shipment: Shipment, forStaff: boolean) {
  const { shipmentId, status, location, carrier, trackingCode, lines } = shipment;
  const early = deliveryReports.find((each) => each.shipmentId === shipmentId);
  const isOpen = status === 'booked' || status === 'dispatch_requested';
  return {
    ...{ shipmentId, status, location, carrier, trackingCode, lines },
    ...(forStaff && isOpen && early !== undefined ? { deliveryReportedAt: early.deliveredAt } : {}),
  };
}
