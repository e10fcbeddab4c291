import type { Surroundings } from '../../reservations/commands/survey-stock.ts';
import type { StockBooks } from '../domain/stock-books.ts';
import { adjustStock } from './book-adjustment.ts';
import { countStock } from './book-count.ts';
import { moveStock } from './book-move.ts';
import { setSafetyStock } from './set-safety-stock.ts';

/** The books over any table that keeps the promises of `StockTable`. */
export function shardedStockBooks(around: Surroundings): StockBooks {
  return {
    async adjust(adjustment) {
      assertUnits(Math.abs(adjustment.quantity), 1);
      return adjustStock(adjustment, around);
    },
    async count(count) {
      assertUnits(count.counted, 0);
      return countStock(count, around);
    },
    async move(move) {
      assertUnits(move.quantity, 1);
      if (move.from === move.to) throw new RangeError(`${move.from} is where the units are`);
      return moveStock(move, around);
    },
    async setSafetyStock(wish) {
      assertUnits(wish.wanted, 0);
      return setSafetyStock(wish, around);
    },
  };
}

function assertUnits(quantity: number, least: number): void {
  if (!Number.isSafeInteger(quantity) || quantity < least) throw new RangeError(`${quantity} is not a number of units`);
}
