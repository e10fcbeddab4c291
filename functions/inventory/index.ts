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
  dynamodbReservationChanges,
  expireHold,
  releaseReservation,
} from './reservations/index.ts';
