import { randomUUID } from 'node:crypto';
import { readReference } from '../../shipping/index.ts';
import { carrierName, type NewParcel, type Parcel, parcelIdFrom, trackingCodeFor } from '../domain/parcel.ts';
import { dynamoBooks, type Written } from './books.ts';

export interface Purchase {
  readonly service: string;
  readonly at: string;
  /** Base URL of the labels; a file name that cannot be guessed is appended. */
  readonly labels: string;
}

export interface ParcelBook {
  /** Adds a parcel. A second one with the same reference gets an id of its own. */
  create(details: NewParcel, at: string): Promise<Parcel>;
  buy(id: string, purchase: Purchase): Promise<Written<Parcel>>;
  refund(id: string, at: string): Promise<Written<Parcel>>;
  find(id: string): Promise<Parcel | undefined>;
}

/**
 * The records of parcels. The id of the first parcel with a reference is derived from the reference, so that a test can
 * compute it in advance.
 */
export function parcelBook(table: string): ParcelBook {
  const books = dynamoBooks<Parcel>(table, 'shipment');
  return {
    async create(details, at) {
      const reference = details.reference ?? '';
      const id = reference === '' ? parcelIdFrom(randomUUID()) : parcelIdFrom(reference);
      const request = randomUUID();
      const first = { ...newEntry(id, details, at), request };
      const written = await books.open(id, first);
      // The existing entry may be this one: the response was lost and the DynamoDB client repeated the write.
      if ('done' in written || written.instead?.request === request) return first;
      const secondId = parcelIdFrom(randomUUID());
      const second = newEntry(secondId, details, at);
      await books.open(secondId, second);
      return second;
    },
    buy(id, purchase) {
      const trackingCode = trackingCodeFor(id);
      return books.change(id, {
        update: 'SET #status = :bought, service = :service, trackingCode = :code, labelUrl = :label, boughtAt = :at',
        condition: '#status = :created',
        names: { '#status': 'status' },
        values: {
          ':bought': 'bought',
          ':created': 'created',
          ':service': purchase.service,
          ':code': trackingCode,
          ':label': `${purchase.labels}/${id}-${labelKey()}.pdf`,
          ':at': purchase.at,
        },
      });
    },
    refund: (id, at) =>
      books.change(id, {
        update: 'SET #status = :refunded, refundedAt = :at',
        condition: '#status = :bought',
        names: { '#status': 'status' },
        values: { ':refunded': 'refunded', ':bought': 'bought', ':at': at },
      }),
    find: (id) => books.find(id),
  };
}

/** Part of a label's address that cannot be guessed. Nothing else protects the label, as at the real gateway. */
function labelKey(): string {
  return randomUUID().replaceAll('-', '');
}

function newEntry(id: string, details: NewParcel, at: string): Parcel {
  const reference = details.reference ?? '';
  const ours = readReference(reference);
  return {
    id,
    reference,
    orderId: ours?.orderId ?? '',
    shipmentId: ours?.shipmentId ?? '',
    status: 'created',
    carrier: carrierName,
    service: '',
    trackingCode: '',
    labelUrl: '',
    toCountry: details.to_address.country ?? '',
    fromCountry: details.from_address.country ?? '',
    createdAt: at,
    details: JSON.stringify(details),
  };
}
