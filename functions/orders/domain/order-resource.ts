import type { OrderResource } from '../../../api/orders.ts';
import { fulfillmentStatusOf, type Order, paymentStatusOf } from './order.ts';

/** Address and contact as they are kept apart from the order; absent once erased. */
export type PersonalData = Pick<OrderResource, 'shippingAddress' | 'contact'>;

/**
 * The order as the API shows it.
 *
 * @param forStaff with what is nobody else's business: which locations could have served it.
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
    lines: order.lines.map(({ weightGrams: _weightGrams, ...line }) => line),
    totals: order.totals,
    ...(personal === undefined ? {} : { shippingAddress: personal.shippingAddress, contact: personal.contact }),
    shipments: order.shipments.map(({ shipmentId, status, location, carrier, trackingCode, labelUrl, lines }) => ({
      shipmentId,
      status,
      location,
      carrier,
      trackingCode,
      labelUrl,
      lines,
    })),
    payment: {
      authorizedMinor: payment.authorizedMinor,
      capturedMinor: payment.capturedMinor,
      refundedMinor: payment.refundedMinor,
    },
    ...(forStaff && sourcing !== undefined ? { sourcing: { ...sourcing } } : {}),
    ...(allowSplitShipments === undefined ? {} : { allowSplitShipments }),
    ...(order.status === 'rejected' ? { rejection: order.rejection } : {}),
    ...(order.status === 'on_hold' ? { hold: order.hold } : {}),
    placedAt: order.placedAt,
    updatedAt: order.updatedAt,
    version: order.version,
  };
}
