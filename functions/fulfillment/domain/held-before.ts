import type { OrderSagaState } from './saga-state.ts';

type Hold = NonNullable<OrderSagaState['stock']>;

/**
 * The answer of ReserveStock, with a mark when the order had its reservation before this request: an earlier run or the
 * order's backorder queue made it, and the order may still have a record there. A hold of this request has its own expiry.
 */
export function markHeldBefore<Answer extends object>(answer: Answer, expiresAt: string): Answer {
  return 'expiresAt' in answer && answer.expiresAt !== expiresAt ? { ...answer, heldBefore: true } : answer;
}

/** Whether the order may have a record in a backorder queue although its run goes on. */
export function mayBeQueued(stock: Hold | undefined): boolean {
  return stock?.heldBefore === true;
}

/** The hold as the order's log records it. */
export function withoutMark({ heldBefore: _never, ...hold }: Hold): Omit<Hold, 'heldBefore'> {
  return hold;
}
