import { randomUUID } from 'node:crypto';
import { readReference } from '../../shipping/index.ts';
import { carrierName, type NewParcel, type Parcel, parcelIdFrom, trackingCodeFor } from '../domain/parcel.ts';
import { dynamoBooks, type Written } from './books.ts';

export interface Purchase {
  readonly service: string;
  readonly at: string;
  /** Where labels are shown; the file's name is added to it. */
  readonly labels: string;
}

export interface ParcelBook {
  /** Enters a new parcel; a second one with the same reference is entered beside the first. */
  create(details: NewParcel, at: string): Promise<Parcel>;
  buy(id: string, purchase: Purchase): Promise<Written<Parcel>>;
  refund(id: string, at: string): Promise<Written<Parcel>>;
  find(id: string): Promise<Parcel | undefined>;
}

/** The books of parcels. The id of the first one with a reference follows from that, so that a test can name it beforehand. */
export function parcelBook(table: string): ParcelBook {
  const books = dynamoBooks<Parcel>(table, 'shipment');
  return {
    async create(details, at) {
      const reference = details.reference ?? '';
      const id = reference === '' ? parcelIdFrom(randomUUID()) : parcelIdFrom(reference);
      const request = randomUUID();
      const first = { ...newEntry(id, details, at), request };
      const written = await books.open(id, first);
      // An entry in the way may be this one: its answer was lost, and the client of the store wrote it again.
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
          ':label': `${purchase.labels}/${id}.pdf`,
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
