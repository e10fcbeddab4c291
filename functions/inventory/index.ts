export { type AuditedOrders, dynamodbAuditedStock, type OrderState, runAudit, type StockAudit } from './audit/index.ts';
export { availabilityOf, dynamodbAvailability } from './availability/index.ts';
export {
  allocateBackorders,
  backorderStreamConsumer,
  dynamodbBackorderAllocation,
  dynamodbQueue,
  dynamodbReserveOrBackorder,
  leaveQueue,
  reserveOrBackorder,
} from './backorders/index.ts';
export {
  commitShipment,
  confirmReservation,
  dynamodbConfirmation,
  dynamodbDebits,
  dynamodbReservationChanges,
  expireHold,
  releaseReservation,
  returnDebits,
} from './reservations/index.ts';
