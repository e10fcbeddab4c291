import { availabilityOf, backordersOf, levelsOf } from '../../availability/commands/stock-levels.ts';
import {
  commitShipment,
  confirmReservation,
  expireHold,
  releaseReservation,
} from '../../reservations/commands/change-reservation.ts';
import { reserveStock } from '../../reservations/commands/hold-stock.ts';
import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { StockStore } from '../../reservations/domain/stock-store.ts';
import { growWhenContended } from '../../sharding/commands/grow-when-contended.ts';
import { sweepJournals } from '../../sharding/commands/sweep-journals.ts';
import { planShards, receiveStock } from './book-receipt.ts';

/** The stock store over any table that keeps the promises of `StockTable`. */
export function shardedStockStore(given: Surroundings): StockStore {
  const around: Surroundings = { ...given, contended: growWhenContended(given) };
  return {
    async reserve(request, now) {
      for (const line of request.lines) assertUnits(line.quantity);
      return reserveStock(request, now, around);
    },
    confirm: (orderId, now) => confirmReservation(orderId, now, around),
    release: (orderId, _now, extent) => releaseReservation(orderId, around, extent),
    commit: (shipment) => commitShipment(shipment, around),
    async receive(receipt, now) {
      assertUnits(receipt.quantity);
      return receiveStock(receipt, now, around);
    },
    levels: (sku) => levelsOf(sku, around),
    availability: (skus) => availabilityOf(skus, around),
    backorders: (skus) => backordersOf(skus, around),
    expire: (orderId, now) => expireHold(orderId, now, around),
    sweep: (skus) => sweepJournals(skus, around),
    plan: (sku, count) => planShards(sku, count, around),
  };
}

/** A negative quantity would turn a sale into a receipt. */
function assertUnits(quantity: number): void {
  if (!Number.isSafeInteger(quantity) || quantity < 1) throw new RangeError(`${quantity} is not a number of units`);
}
