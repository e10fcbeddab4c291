import type * as z from 'zod/mini';
import type { addressResource, contactResource } from '../../../api/recipient.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { LineNotes } from '../domain/line-notes.ts';

/** The personal data of an order. It is stored apart from all other data, so that it can be erased. */
export interface ContactRecord {
  readonly orderId: string;
  /** The hash of the request that placed the order. */
  readonly requestHash: string;
  /** Absent in an order of digital products that was placed without one. */
  readonly shippingAddress?: z.output<typeof addressResource> | undefined;
  readonly contact: z.output<typeof contactResource>;
  readonly lineNotes?: LineNotes | undefined;
}

export interface ContactStore {
  /**
   * Writes the record before the order's first commit. It expires unless it is kept. A repeated request moves the time, and
   * does not change a record that was kept.
   *
   * @returns `reused` when a record of another request exists for this order id. A record that was erased stays so, and
   *   counts as one of the same request.
   */
  put(record: ContactRecord, expiresAt: Instant): Promise<'stored' | 'reused'>;
  /** Keeps the record of an order that was placed. Does nothing where there is no record, or one that was kept. */
  keep(orderId: string): Promise<void>;
  /** Undefined once the record has been erased. Reads consistently. */
  find(orderId: string): Promise<ContactRecord | undefined>;
}
