import { describe, expect, test } from 'vitest';
import { shipmentIdFor } from '../../../functions/shared/kernel/ids.ts';
import { readSenders } from '../../../functions/shipping/adapters/senders.ts';
import { bookAll, bookingsFor } from '../../../functions/shipping/domain/booking.ts';
import type { BookedShipment, BookingRequest, Recipient } from '../../../functions/shipping/domain/carrier-gateway.ts';
import { readReference, referenceOf } from '../../../functions/shipping/domain/reference.ts';
import {
  cancelAll,
  shipmentsToCancel,
  shipmentsToLookFor,
  surplusShipments,
} from '../../../functions/shipping/domain/undo-shipments.ts';
import { toOunces } from '../../../functions/shipping/domain/weight.ts';
import { confirmed, lines, orderAfter, orderId, shipmentsOf, stock, twoWarehouses } from '../orders/given.ts';

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
  const label = ({ location }: BookingRequest): BookedShipment => ({
    carrier: 'DHL',
    service: 'Paket',
    trackingCode: location,
    labelUrl: location,
    carrierShipmentId: location,
  });
  const refusal = { refused: { code: 'CARRIER_REFUSED' as const, detail: 'no' } };

  test('come back as shipments in the same order', async () => {
    const book = async (booking: BookingRequest) => {
      if (booking.location === 'berlin') await new Promise((resolve) => setTimeout(resolve, 5));
      return label(booking);
    };
    expect(await bookAll({ book }, bookings)).toEqual(
      twoWarehouses.map(({ location, lines: content }, index) => ({
        ...label(bookings[index] as BookingRequest),
        shipmentId: shipmentIdFor(orderId, location),
        location,
        lines: content,
      })),
    );
  });

  test('are refused together when one is', async () => {
    const book = async (booking: BookingRequest) => (booking.location === 'vienna' ? refusal : label(booking));
    expect(await bookAll({ book }, bookings)).toEqual(refusal);
  });

  test('are unknown together when one is, and none is still under way then', async () => {
    let finished = 0;
    const book = async (booking: BookingRequest) => {
      if (booking.location === 'berlin') throw new Error('timeout');
      await new Promise((resolve) => setTimeout(resolve, 5));
      finished += 1;
      return refusal;
    };
    await expect(bookAll({ book }, bookings)).rejects.toThrow('timeout');
    expect(finished).toBe(1);
  });
});

describe('the shipments to give back', () => {
  const known = shipmentsOf(twoWarehouses).map(({ shipmentId, carrierShipmentId }) => ({
    orderId,
    shipmentId,
    carrierShipmentId,
  }));

  test('are those that the saga booked', () => {
    expect(shipmentsToCancel({ orderId, shipments: shipmentsOf(twoWarehouses) }, orderAfter())).toEqual(known);
  });

  test('are those on record when the saga knows none', () => {
    expect(shipmentsToCancel({ orderId }, confirmed(twoWarehouses))).toEqual(known);
  });

  test('are both, each once, when an earlier run booked others', () => {
    const others = shipmentsOf(twoWarehouses).map((each) => ({ ...each, carrierShipmentId: `${each.location}-2` }));
    const shipments = [...shipmentsOf(twoWarehouses), ...others];
    const wanted = shipmentsToCancel({ orderId, shipments }, confirmed(twoWarehouses));
    expect(wanted.map(({ carrierShipmentId }) => carrierShipmentId)).toEqual(
      shipments.map(({ carrierShipmentId }) => carrierShipmentId),
    );
  });

  test('may be one for each location when nobody knows of any', () => {
    expect(shipmentsToLookFor(orderId, stock(twoWarehouses).allocations)).toEqual([
      { orderId, shipmentId: berlin },
      { orderId, shipmentId: vienna },
    ]);
  });

  test('are only those that the log does not know, of an order that stands', () => {
    const [first] = shipmentsOf(twoWarehouses);
    if (first === undefined) throw new Error('unreachable');
    const mine = [{ ...first, carrierShipmentId: 'mine' }];
    expect(surplusShipments({ orderId, shipments: mine }, confirmed(twoWarehouses))).toMatchObject([
      { carrierShipmentId: 'mine' },
    ]);
    expect(surplusShipments({ orderId, shipments: shipmentsOf(twoWarehouses) }, confirmed(twoWarehouses))).toEqual([]);
  });

  test('are all given back even when one of them cannot be', async () => {
    const given: string[] = [];
    const cancel = async ({ shipmentId }: { shipmentId: string }) => {
      if (shipmentId === berlin) throw new Error('kept');
      given.push(shipmentId);
      return { cancelled: { shipmentId, carrierShipmentId: '', trackingCode: '' } };
    };
    await expect(cancelAll({ cancel }, known)).rejects.toThrow('kept');
    expect(given).toEqual([vienna]);
  });

  test('are reported without those that were never booked', async () => {
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
])('%d grams are declared as %d ounces, never less than they are', (grams, ounces) => {
  expect(toOunces(grams)).toBe(ounces);
});

describe('a reference', () => {
  test('leads back to its order and shipment', () => {
    expect(readReference(referenceOf({ orderId, shipmentId: berlin }))).toEqual({ orderId, shipmentId: berlin });
  });

  test('cannot be taken for an id of the gateway', () => {
    expect(referenceOf({ orderId, shipmentId: berlin })).not.toMatch(/^shp_/);
  });

  test.each(['', 'somebody-elses', `${orderId}-${berlin}-x`, `${berlin}-${orderId}`])('%s is not ours', (reference) => {
    expect(readReference(reference)).toBeUndefined();
  });
});

describe('the sender of a parcel', () => {
  const address = { name: 'Lager', line1: 'Kai 1', city: 'Hamburg', postalCode: '20457', country: 'DE' };

  test('is the one of its location, or the one for all others', () => {
    const senderFor = readSenders(JSON.stringify({ north: address, '*': { ...address, name: 'Other' } }), false);
    expect(senderFor('north')).toEqual(address);
    expect(senderFor('south')).toEqual({ ...address, name: 'Other' });
  });

  test('is never made up for a parcel that is sent', () => {
    expect(() => readSenders('', false)).toThrow('SHIP_FROM');
    expect(() => readSenders(JSON.stringify({ north: address }), false)('south')).toThrow('south');
  });

  test('may be a sample in the sandbox', () => {
    expect(readSenders('', true)('anywhere')).toMatchObject({ country: 'DE' });
  });

  test.each(['{', '[]', '{"north":{}}', '{"north":{"name":"x"}}'])('must be an address: %s', (text) => {
    expect(() => readSenders(text, true)).toThrow('SHIP_FROM');
  });
});
