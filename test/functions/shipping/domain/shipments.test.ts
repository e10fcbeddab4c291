import { describe, expect, test } from 'vitest';
import { shipmentsToCancel } from '../../../../functions/fulfillment/domain/shipments-to-cancel.ts';
import { shipmentIdFor } from '../../../../functions/shared/kernel/ids.ts';
import { readSenders } from '../../../../functions/shipping/adapters/senders.ts';
import { type Booking, bookAll } from '../../../../functions/shipping/commands/book-all.ts';
import { cancelAll } from '../../../../functions/shipping/commands/cancel-all.ts';
import { bookingsFor } from '../../../../functions/shipping/domain/bookings.ts';
import { readReference, referenceOf } from '../../../../functions/shipping/domain/reference.ts';
import type {
  BookedShipment,
  BookingRequest,
  Offer,
  Recipient,
} from '../../../../functions/shipping/domain/shipment.ts';
import { toOunces } from '../../../../functions/shipping/domain/weight.ts';
import { confirmed, lines, orderAfter, orderId, shipmentsOf, twoWarehouses } from '../../orders/given.ts';

const to: Recipient = {
  address: { name: 'Ada', line1: 'Ring 7', city: 'Köln', postalCode: '50667', country: 'DE' },
  contact: { email: 'ada@example.com' },
};
const [berlin, vienna] = [shipmentIdFor(orderId, 'berlin'), shipmentIdFor(orderId, 'vienna')];

describe('the bookings of an order', () => {
  test('are one for each location, with its lines and their weight', () => {
    expect(bookingsFor(orderId, twoWarehouses, lines, to)).toEqual([
      { orderId, shipmentId: berlin, location: 'berlin', lines: twoWarehouses[0]?.lines, weightGrams: 600, to },
      { orderId, shipmentId: vienna, location: 'vienna', lines: twoWarehouses[1]?.lines, weightGrams: 900, to },
    ]);
  });

  const bookings = bookingsFor(orderId, twoWarehouses, lines, to);
  const offerFor = ({ location }: BookingRequest): Offer => ({ carrierShipmentId: location, rateId: `of ${location}` });
  const label = ({ carrierShipmentId }: Offer): BookedShipment => ({
    carrier: 'DHL',
    service: 'Paket',
    trackingCode: carrierShipmentId,
    carrierShipmentId,
  });
  const offeredBefore = (location: string) => ({ carrierShipmentId: `${location} before`, rateId: 'r' });
  const refusal = { refused: { code: 'CARRIER_REFUSED' as const, detail: 'no' } };
  const later = () => new Promise((resolve) => setTimeout(resolve, 5));

  interface Way extends Partial<Booking['gateway']> {
    readonly decide?: Booking['purchases']['decide'];
  }
  /** Books with the given behavior of the carrier and the store. Returns the answer and which offers were bought. */
  async function book({ decide = async (_, offers) => offers, ...way }: Way) {
    const bought: string[] = [];
    const gateway: Booking['gateway'] = {
      offer: async (booking) => offerFor(booking),
      buy: async (offer) => {
        bought.push(offer.carrierShipmentId);
        return label(offer);
      },
      ...way,
    };
    const answer = await bookAll({ gateway, purchases: { decide } }, orderId, bookings).catch((error: Error) => error);
    return { answer, bought };
  }
  const shipmentsWith = (offerOf: (booking: BookingRequest) => Offer) =>
    twoWarehouses.map(({ location, lines: content }, index) => ({
      ...label(offerOf(bookings[index] as BookingRequest)),
      shipmentId: shipmentIdFor(orderId, location),
      location,
      lines: content,
    }));

  test('return shipments in the same order', async () => {
    const slowIn = (place: string) => async (location: string) => {
      if (location === place) await later();
    };
    const [slow, slower] = [slowIn('berlin'), slowIn('vienna')];
    const { answer } = await book({
      offer: async (booking) => slow(booking.location).then(() => offerFor(booking)),
      buy: async (offer) => slower(offer.carrierShipmentId).then(() => label(offer)),
    });
    expect(answer).toEqual(shipmentsWith(offerFor));
  });

  test('are bought as recorded before, not as offered now', async () => {
    const decided = new Map(bookings.map(({ shipmentId, location }) => [shipmentId, offeredBefore(location)]));
    const { answer, bought } = await book({ decide: async () => decided });
    expect(bought).toEqual(['berlin before', 'vienna before']);
    expect(answer).toEqual(shipmentsWith(({ location }) => offeredBefore(location)));
  });

  test('are not bought once the purchases are closed', async () => {
    expect(await book({ decide: async () => undefined })).toMatchObject({
      answer: { refused: { code: 'CARRIER_REFUSED' } },
      bought: [],
    });
  });

  test('are all refused when one has no offer, and none is bought', async () => {
    const offer = async (booking: BookingRequest) => (booking.location === 'vienna' ? refusal : offerFor(booking));
    expect(await book({ offer })).toEqual({ answer: refusal, bought: [] });
  });

  test('are all refused when one cannot be bought', async () => {
    const buy = async (offer: Offer) => (offer.carrierShipmentId === 'vienna' ? refusal : label(offer));
    expect((await book({ buy })).answer).toEqual(refusal);
  });

  test.each(['offer', 'buy'] as const)('fail when one fails, after every %s has ended', async (call) => {
    let finished = 0;
    const answer = async (place: string) => {
      if (place === 'berlin') throw new Error('timeout');
      await later();
      finished += 1;
      return refusal;
    };
    const way: Way =
      call === 'offer'
        ? { offer: ({ location }) => answer(location) }
        : { buy: ({ carrierShipmentId }) => answer(carrierShipmentId) };
    expect((await book(way)).answer).toMatchObject({ message: 'timeout' });
    expect(finished).toBe(1);
  });
});

describe('the shipments to cancel', () => {
  const known = shipmentsOf(twoWarehouses).map(({ shipmentId, carrierShipmentId }) => ({
    shipmentId,
    carrierShipmentId,
  }));
  const none = new Map<string, Offer>();

  test('are those in the state of the saga', () => {
    expect(shipmentsToCancel({ shipments: shipmentsOf(twoWarehouses) }, orderAfter(), none)).toEqual(known);
  });

  test('are those in the log of the order when the state of the saga has none', () => {
    expect(shipmentsToCancel({}, confirmed(twoWarehouses), none)).toEqual(known);
  });

  test('are those whose purchase was recorded when neither has any', () => {
    const decided = new Map(
      known.map(({ shipmentId, carrierShipmentId }) => [shipmentId, { carrierShipmentId, rateId: 'r' }]),
    );
    expect(shipmentsToCancel({}, orderAfter(), decided)).toEqual(known);
  });

  test('are all of these, each once', () => {
    const [first, second] = known;
    if (first === undefined || second === undefined) throw new Error('unreachable');
    const shipments = shipmentsOf(twoWarehouses).slice(0, 1);
    const decided = new Map([
      [first.shipmentId, { carrierShipmentId: first.carrierShipmentId, rateId: 'r' }],
      [second.shipmentId, { carrierShipmentId: 'another', rateId: 'r' }],
    ]);
    expect(shipmentsToCancel({ shipments }, confirmed(twoWarehouses), decided)).toEqual([
      ...known,
      { shipmentId: second.shipmentId, carrierShipmentId: 'another' },
    ]);
  });

  test('are all cancelled even when one of them fails', async () => {
    const given: string[] = [];
    const cancel = async ({ shipmentId }: { shipmentId: string }) => {
      if (shipmentId === berlin) throw new Error('kept');
      given.push(shipmentId);
      return { cancelled: { shipmentId, carrierShipmentId: '', trackingCode: '' } };
    };
    await expect(cancelAll({ cancel }, known)).rejects.toThrow('kept');
    expect(given).toEqual([vienna]);
  });

  test('are returned without those whose label was never bought', async () => {
    const cancel = async ({ shipmentId }: { shipmentId: string }) => ({
      cancelled: shipmentId === berlin ? null : { shipmentId, carrierShipmentId: 'c', trackingCode: 't' },
    });
    expect(await cancelAll({ cancel }, known)).toEqual({
      cancelled: [{ shipmentId: vienna, carrierShipmentId: 'c', trackingCode: 't' }],
    });
  });
});

test.each([
  [1, 0.1],
  [0, 0.1],
  [28.349523125, 1],
  [28.35, 1.1],
  [1_200, 42.4],
])('%d grams are declared as %d ounces, rounded up', (grams, ounces) => {
  expect(toOunces(grams)).toBe(ounces);
});

describe('a reference', () => {
  test('identifies its order and shipment', () => {
    expect(readReference(referenceOf({ orderId, shipmentId: berlin }))).toEqual({ orderId, shipmentId: berlin });
  });

  test("is not in the format of the gateway's ids", () => {
    expect(referenceOf({ orderId, shipmentId: berlin })).not.toMatch(/^shp_/);
  });

  test.each(['', 'another-system', `${orderId}-${berlin}-x`, `${berlin}-${orderId}`])(
    '%s is not a reference of this system',
    (reference) => {
      expect(readReference(reference)).toBeUndefined();
    },
  );
});

describe('the sender of a parcel', () => {
  const address = { name: 'Lager', line1: 'Kai 1', city: 'Hamburg', postalCode: '20457', country: 'DE' };

  test('is the one of its location, or else the one for all other locations', () => {
    const senderFor = readSenders(JSON.stringify({ north: address, '*': { ...address, name: 'Other' } }), false);
    expect(senderFor('north')).toEqual(address);
    expect(senderFor('south')).toEqual({ ...address, name: 'Other' });
  });

  const fault = (text: string) =>
    expect.objectContaining({ name: 'ConfigurationFault', message: expect.stringContaining(text) });

  test('has to be configured for a real parcel', () => {
    expect(() => readSenders('', false)('north')).toThrow(fault('SHIP_FROM'));
    expect(() => readSenders(JSON.stringify({ north: address }), false)('south')).toThrow(fault('south'));
  });

  test('may be a sample address in the sandbox', () => {
    expect(readSenders('', true)('anywhere')).toMatchObject({ country: 'DE' });
  });

  test.each(['{', '[]', '{"north":{}}', '{"north":{"name":"x"}}'])('must be an address: %s', (text) => {
    expect(() => readSenders(text, true)('north')).toThrow(fault('SHIP_FROM'));
  });
});
