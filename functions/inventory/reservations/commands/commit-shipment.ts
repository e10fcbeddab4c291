import { type Shipment, shipParts } from '../domain/reservation.ts';
import { type ChangeDependencies, changeUntilDone } from './change-reservation.ts';

/**
 * Books a shipment out: its units change from reserved to shipped, once for each shipment id.
 *
 * @throws Error when the reservation is not confirmed or does not hold exactly these lines at this location.
 */
export async function commitShipment(
  shipment: Shipment,
  dependencies: ChangeDependencies,
): Promise<{ readonly committed: true }> {
  const reservation = await dependencies.reservations.find(shipment.orderId);
  await changeUntilDone(reservation, dependencies, (current) => shipParts(current, shipment));
  return { committed: true };
}
