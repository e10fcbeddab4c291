import type { ContactStore } from '../../orders/index.ts';
import { type Booking, type BookingRefusal, bookAll, bookingsFor, type ShipmentOfOrder } from '../../shipping/index.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';

/**
 * Books a shipment for each allocation of the order. The address is read only here and passed only to the carrier.
 *
 * @throws Error when the order has no stored address, as after its erasure.
 */
export function bookingStep(deps: Booking & { readonly contacts: Pick<ContactStore, 'find'> }) {
  return async ({ orderId, order, stock }: OrderSagaState): Promise<ShipmentOfOrder[] | BookingRefusal> => {
    const recipient = await deps.contacts.find(orderId);
    if (recipient === undefined) throw new Error(`order ${orderId} has no stored address`);
    const to = { address: recipient.shippingAddress, contact: recipient.contact };
    return bookAll(deps, orderId, bookingsFor(orderId, stock?.allocations ?? [], order.lines, to));
  };
}
