import { randomUUID } from 'node:crypto';
import { readReference } from '../../shipping/domain/reference.ts';
import {
  carrierName,
  isParcelId,
  type NewParcel,
  type Parcel,
  parcelIdFrom,
  trackingCodeFor,
} from '../domain/parcel.ts';
import { dynamoBooks, type Written } from './books.ts';

export interface Purchase {
  readonly service: string;
  readonly at: string;
  /** Where labels are shown; the file's name is added to it. */
  readonly labels: string;
}

export interface ParcelBook {
  /** Enters a new parcel, bought if there is a purchase; a second one with the same reference is entered beside the first. */
  create(details: NewParcel, at: string, purchase: Purchase | undefined): Promise<Parcel>;
  buy(id: string, purchase: Purchase): Promise<Written<Parcel>>;
  refund(id: string, at: string): Promise<Written<Parcel>>;
  /** By id, or the first one with the reference. */
  find(idOrReference: string): Promise<Parcel | undefined>;
}

/** The books of parcels. The id of a parcel follows from its reference, so that a look by reference is one read. */
export function parcelBook(table: string): ParcelBook {
  const books = dynamoBooks<Parcel>(table, 'shipment');
  return {
    async create(details, at, purchase) {
      const reference = details.reference ?? '';
      const id = reference === '' ? parcelIdFrom(randomUUID()) : parcelIdFrom(reference);
      const request = randomUUID();
      const first = { ...newEntry(id, details, at, purchase), request };
      const written = await books.open(id, first);
      // An entry in the way may be this one: its answer was lost, and the client of the store wrote it again.
      if ('done' in written || written.instead?.request === request) return first;
      const secondId = parcelIdFrom(randomUUID());
      const second = newEntry(secondId, details, at, purchase);
      await books.open(secondId, second);
      return second;
    },
    buy(id, purchase) {
      const bought = purchaseOf(id, purchase);
      return books.change(id, {
        update: 'SET #status = :bought, service = :service, trackingCode = :code, labelUrl = :label, boughtAt = :at',
        condition: '#status = :created',
        names: { '#status': 'status' },
        values: {
          ':bought': bought.status,
          ':created': 'created',
          ':service': bought.service,
          ':code': bought.trackingCode,
          ':label': bought.labelUrl,
          ':at': bought.boughtAt,
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
    find: (idOrReference) => books.find(isParcelId(idOrReference) ? idOrReference : parcelIdFrom(idOrReference)),
  };
}

function newEntry(id: string, details: NewParcel, at: string, purchase: Purchase | undefined): Parcel {
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
    ...(purchase === undefined ? {} : purchaseOf(id, purchase)),
  };
}

function purchaseOf(id: string, { service, at, labels }: Purchase) {
  const trackingCode = trackingCodeFor(id);
  return { status: 'bought' as const, service, trackingCode, labelUrl: `${labels}/${id}.pdf`, boughtAt: at };
}
