import type * as z from 'zod/mini';
import type { addressResource, contactResource } from '../../../api/recipient.ts';

/** The personal data of an order. It is stored apart from all other data, so that it can be erased. */
export interface ContactRecord {
  readonly orderId: string;
  /** The hash of the request that placed the order. */
  readonly requestHash: string;
  readonly shippingAddress: z.output<typeof addressResource>;
  readonly contact: z.output<typeof contactResource>;
}

export interface ContactStore {
  /**
   * Writes the record once for an order, before the order's first commit.
   *
   * @returns `reused` when a record of another request exists for this order id.
   */
  put(record: ContactRecord): Promise<'stored' | 'reused'>;
  /** Undefined once the record has been erased. Reads consistently. */
  find(orderId: string): Promise<ContactRecord | undefined>;
}
