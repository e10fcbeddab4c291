import { growWhenContended } from './adapt-plan.ts';
import { planShards, receiveStock } from './receive-stock.ts';
import { reserveStock } from './reserve.ts';
import { commitShipment, confirmReservation, expireHold, releaseReservation } from './settle-reservation.ts';
import { availabilityOf, backordersOf, levelsOf } from './stock-levels.ts';
import type { StockStore } from './stock-store.ts';
import type { Surroundings } from './survey-stock.ts';
import { sweepJournals } from './sweep-journals.ts';

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
