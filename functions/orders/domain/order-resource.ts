import type { OrderResource } from '../../../api/orders.ts';
import type { PersonalData } from './line-notes.ts';
import { fulfillmentStatusOf, type Order, paymentStatusOf, type Shipment } from './order.ts';

/**
 * The order as the API returns it.
 *
 * @param personal the address, contact and notes on lines; what is undefined is absent from the resource.
 * @param forStaff includes what only staff may see: the sourcing, with every location that could have served the order,
 *   and deliveries that were reported before the dispatch.
 */
export function orderResource(order: Order, personal: PersonalData | undefined, forStaff = false): OrderResource {
  const { payment, sourcing, allowSplitShipments } = order;
  return {
    orderId: order.orderId,
    customerId: order.customerId,
    status: order.status,
    paymentStatus: paymentStatusOf(order),
    fulfillmentStatus: fulfillmentStatusOf(order),
    currency: order.currency,
    lines: order.lines.map(({ weightGrams: _weightGrams, ...line }) => {
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
    },
    ...(forStaff && sourcing !== undefined
      ? { sourcing: { ...sourcing, candidates: [...sourcing.candidates], chosen: [...sourcing.chosen] } }
      : {}),
    ...(allowSplitShipments === undefined ? {} : { allowSplitShipments }),
    ...(order.status === 'rejected' ? { rejection: order.rejection } : {}),
    ...(order.status === 'on_hold' ? { hold: order.hold } : {}),
    placedAt: order.placedAt,
    updatedAt: order.updatedAt,
    version: order.version,
  };
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
