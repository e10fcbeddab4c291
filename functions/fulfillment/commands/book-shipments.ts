import type { ContactStore } from '../../orders/index.ts';
import { type Booking, type BookingRefusal, bookAll, bookingsFor, type ShipmentOfOrder } from '../../shipping/index.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';

/**
 * The step that books shipments for the allocations. It reads the recipient's address here, so that the saga's state does
 * not contain it, and passes it to the carrier only.
 */
export function bookingStep(deps: Booking & { readonly contacts: Pick<ContactStore, 'find'> }) {
  return async ({ orderId, order, stock }: OrderSagaState): Promise<ShipmentOfOrder[] | BookingRefusal> => {
    const recipient = await deps.contacts.find(orderId);
    if (recipient === undefined) throw new Error(`order ${orderId} has no address: it was erased or never stored`);
    const to = { address: recipient.shippingAddress, contact: recipient.contact };
    return bookAll(deps, orderId, bookingsFor(orderId, stock?.allocations ?? [], order.lines, to));
  };
}
