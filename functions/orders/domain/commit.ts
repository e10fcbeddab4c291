import type { OrderEvent } from '../../../events/catalog.ts';
import type { Instant } from '../../shared/kernel/time.ts';

/** Where a commit came from. */
export interface Origin {
  /** `customer:<id>`, `staff:<id>`, `saga:order`, `webhook:carrier`, … */
  readonly actor: string;
  readonly correlationId: string;
  /** The request, event or execution that caused it. */
  readonly causationId: string;
  readonly traceparent: string;
}

/** One decision: the events it led to, written as one item of the order's log. */
export interface Commit extends Origin {
  readonly orderId: string;
  /** 1, 2, 3, … without gaps. */
  readonly version: number;
  readonly events: readonly OrderEvent[];
  readonly committedAt: Instant;
  /** Fingerprint of the request that placed the order, on version 1 only. */
  readonly requestHash?: string;
}
