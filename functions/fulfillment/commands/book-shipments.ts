import type { ContactStore } from '../../orders/index.ts';
import { type Booking, type BookingRefusal, bookAll, bookingsFor, type ShipmentOfOrder } from '../../shipping/index.ts';
import type { OrderSagaState } from '../domain/saga-state.ts';

/** Books what was allocated. The address is read here, where it is needed, and goes nowhere but to the carrier. */
export function bookingStep(deps: Booking & { readonly contacts: Pick<ContactStore, 'find'> }) {
  return async ({ orderId, order, stock }: OrderSagaState): Promise<ShipmentOfOrder[] | BookingRefusal> => {
    const recipient = await deps.contacts.find(orderId);
    if (recipient === undefined) throw new Error(`order ${orderId} has no address (any more)`);
    const to = { address: recipient.shippingAddress, contact: recipient.contact };
    return bookAll(deps, orderId, bookingsFor(orderId, stock?.allocations ?? [], order.lines, to));
  };
}
