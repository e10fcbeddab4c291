import type { OrderEvent } from '../../../events/catalog.ts';
import type { Instant } from '../../shared/kernel/time.ts';

/** The origin of a commit: who made it, and which request or event caused it. */
export interface Origin {
  /** `customer:<id>`, `staff:<id>`, `saga:order`, `webhook:carrier`, … */
  readonly actor: string;
  readonly correlationId: string;
  /** The id of the request or event that caused the commit. */
  readonly causationId: string;
  readonly traceparent: string;
}

/** The events of one decision, stored as one item of the order's log. */
export interface Commit extends Origin {
  readonly orderId: string;
  /** 1, 2, 3, … without gaps. */
  readonly version: number;
  readonly events: readonly OrderEvent[];
  readonly committedAt: Instant;
  /** The hash of the request that placed the order, without its personal data; only on version 1. */
  readonly termsHash?: string;
  /** The hash of the whole request, in commits of the first release. It is not written any more. */
  readonly requestHash?: string;
}
