export { dynamodbBindingStore } from './adapters/dynamodb-binding-store.ts';
export { dynamodbConfirmation } from './adapters/dynamodb-hold-confirmation.ts';
export { dynamodbStockReader, reservationsOf } from './adapters/dynamodb-reservation-store.ts';
export {
  dynamodbDebiting,
  dynamodbDebits,
  dynamodbReservationChanges,
  dynamodbReserving,
  type ReserveOptions,
} from './adapters/dynamodb-reservations.ts';
export {
  reservationFrom,
  reservationKey,
  reservationPrefix,
  reservationPut,
  unlessReserved,
} from './adapters/reservation-item.ts';
export { commitShipment } from './commands/commit-shipment.ts';
export { confirmReservation } from './commands/confirm-reservation.ts';
export { debitTogether, dropTogether, type TogetherDependencies, undoTogether } from './commands/debit-together.ts';
export { holdStock } from './commands/hold-stock.ts';
export { readStock } from './commands/read-stock.ts';
export { expireHold, releaseReservation } from './commands/release-reservation.ts';
export type { HoldConfirmation, ReservationStore, StockReader } from './commands/reservation-store.ts';
export {
  type ReserveDependencies,
  type ReserveStores,
  reserveDependencies,
  reserveProcess,
} from './commands/reserve-dependencies.ts';
export { type ReturnDependencies, returnDebits } from './commands/return-debits.ts';
export { binds, boundAmong, maxVoided } from './domain/bindings.ts';
export { fitsOneReservation } from './domain/large-orders.ts';
export {
  allocationsOf,
  answerReserve,
  newHold,
  type OpenReservation,
  type Part,
  perShard,
  type ReleaseExtent,
  type Reservation,
  type Shipment,
  type StockHold,
  transitions,
} from './domain/reservation.ts';
export { outOfStock, type ReserveAnswer, type StockRequest } from './domain/stock-request.ts';
