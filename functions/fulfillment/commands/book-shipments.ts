import { type ContactStore, shippedLines } from '../../orders/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { type Booking, type BookingRefusal, bookAll, bookingsFor, type ShipmentOfOrder } from '../../shipping/index.ts';
import { compactParts } from '../domain/compact-state.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';

type StateShipment = ReturnType<typeof compactParts<ShipmentOfOrder>>[number];

/**
 * The step that books shipments for the allocations; none for an order of digital lines alone. It reads the recipient's
 * address here, so that the saga's state does not contain it, and passes it to the carrier only.
 */
export function bookingStep(deps: Booking & { readonly contacts: Pick<ContactStore, 'find'> }) {
  return async ({ orderId, order, stock }: OrderSagaState): Promise<StateShipment[] | BookingRefusal> => {
    if (shippedLines(order.lines).length === 0) return [];
    const recipient = await deps.contacts.find(orderId);
    if (recipient?.shippingAddress === undefined)
      throw new Error(`order ${orderId} has no address: it was erased or never stored`);
    const to = { address: recipient.shippingAddress, contact: recipient.contact };
    const booked = await bookAll(deps, orderId, bookingsFor(orderId, stock?.allocations ?? [], order.lines, to));
    return isRefusal(booked) ? booked : compactParts(booked as ShipmentOfOrder[], order.lines);
  };
}
