import type { LineQuantity } from '../../../../events/vocabulary.ts';
import { counted } from '../../../shared/kernel/counted.ts';
import { type Refusal, refuse } from '../../../shared/kernel/refusal.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import type { Shortage, SourcingTerms } from '../../sourcing/index.ts';
import type { StockHold } from './reservation.ts';

export interface StockRequest extends SourcingTerms {
  readonly orderId: string;
  readonly lines: readonly LineQuantity[];
  /** From this millisecond on the hold can no longer be confirmed. */
  readonly expiresAt: Instant;
}

/**
 * `OUT_OF_STOCK`: every shard was seen to have too little while the request ran, or at most 250 ms before.
 * `RESERVATION_CLOSED`: the order's stock was released, and a late repetition cannot hold it again. `HOLD_EXPIRED`: the
 * hold's time was over.
 */
export type ReserveAnswer = StockHold | Refusal<'OUT_OF_STOCK' | 'RESERVATION_CLOSED' | 'HOLD_EXPIRED'>;

/** The refusal of an order whose units are of more SKUs and locations than one write can change. */
export function tooSpread(orderId: string): Refusal<'OUT_OF_STOCK'> {
  return refuse('OUT_OF_STOCK', `The units of order ${orderId} are at too many locations for one reservation.`);
}

/** Most SKUs that a refusal names: the sagas and the log pass it on. */
const maxNamed = 50;

/**
 * The refusal of an order, with the first SKUs of which too little is available. The customer reads the message, so it does
 * not say how many units there are.
 */
export function outOfStock(insufficient: readonly Shortage[]): Refusal<'OUT_OF_STOCK'> {
  const each = insufficient.slice(0, maxNamed).map(({ sku, wanted, apart }) => {
    return `${sku}: ${wanted} wanted, ${apart ? 'not available together at one location' : 'fewer available'}`;
  });
  const others = insufficient.length - each.length;
  return refuse('OUT_OF_STOCK', [...each, ...(others > 0 ? [`and ${counted(others, 'more SKU')}`] : [])].join('; '));
}
