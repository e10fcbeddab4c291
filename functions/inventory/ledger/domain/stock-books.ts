import type { Refusal } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';

export const adjustmentReasons = ['damage', 'loss', 'found', 'correction', 'return_to_vendor'] as const;

interface Entry {
  readonly sku: string;
  readonly at: Instant;
}

/** Units that turned up or went away beside receipts and sales. `quantity` is below zero for those that went. */
export interface Adjustment extends Entry {
  readonly adjustmentId: string;
  readonly location: string;
  readonly quantity: number;
  readonly reason: (typeof adjustmentReasons)[number];
  readonly note?: string | undefined;
}

/** What somebody counted at a location, and by how much the books were wrong. */
export interface Count extends Entry {
  readonly countId: string;
  readonly location: string;
  readonly counted: number;
  readonly delta: number;
}

export interface Move extends Entry {
  readonly moveId: string;
  readonly from: string;
  readonly to: string;
  readonly quantity: number;
}

/** Units kept back from sale at a location: as many as are wanted, or as were there so far. */
export interface SafetyStock {
  readonly sku: string;
  readonly location: string;
  readonly wanted: number;
  readonly held: number;
}

type Refused = Refusal<'LEDGER_ID_REUSED' | 'NOT_ENOUGH_AVAILABLE' | 'STOCK_TOO_SPREAD'>;

/**
 * What happens to stock beside receipts and sales. Every entry is made once for its id, all of it or nothing, and each
 * repetition has the first answer. Nothing is taken that orders hold or that is kept back.
 *
 * `NOT_ENOUGH_AVAILABLE`: fewer units are for sale than are to leave. `STOCK_TOO_SPREAD`: they lie in more shards than one
 * transaction reaches. `LEDGER_ID_REUSED`: the id stands for something else.
 */
export interface StockBooks {
  adjust(adjustment: Adjustment): Promise<Adjustment | Refused>;
  /** Sets what is on hand: for sale, reserved and kept back together. */
  count(count: Omit<Count, 'delta'>): Promise<Count | Refused>;
  move(move: Move): Promise<Move | Refused>;
  /** Keeps units back as far as they are there now, the rest from what comes in; or puts those too many back on sale. */
  setSafetyStock(wanted: Omit<SafetyStock, 'held'>): Promise<SafetyStock>;
}
