import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { dataFor } from '../../events/audiences.ts';
import { definitionOf, type OrderEvent, orderEvents } from '../../events/catalog.ts';
import { samples } from './samples.ts';

const orderSamples = samples.filter(({ type }) => orderEvents.some((each) => each.type === type)) as OrderEvent[];
const cases = orderSamples.map((sample) => [sample.type, sample] as const);

/** The paths of all single values in a value; an index of a list is `*`. */
function paths(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((each) => paths(each, `${path}.*`)))];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, each]) => paths(each, path === '' ? key : `${path}.${key}`));
}

/** The fields that are for staff alone. Every other field of every event is listed for customers. */
const forStaffAlone: Readonly<Record<string, RegExp>> = {
  OrderPlaced: /^(paymentMethodId|returnUrl|priceReason|discounts\.\*\.limited|lines\.\*\.(weightGrams|priceNamed))$/,
  StockReserved: /^sourcing\./,
  OrderHeld: /^detail$/,
  PaymentActionRequired: /^paymentId$/,
  PaymentActionEnded: /^paymentId$/,
  PaymentAuthorized: /^(paymentId|multicapture)$/,
  PaymentCaptured: /^paymentId$/,
  AuthorizationReleased: /^paymentId$/,
  AuthorizationRenewalRefused: /^paymentId$/,
  PaymentVoided: /^paymentId$/,
  DispatchRequested: /^(paymentId|finalCapture|singleCapture)$/,
  ShipmentBooked: /^carrierShipmentId$/,
  ShipmentCancelled: /^carrierShipmentId$/,
};

describe('the data of an event', () => {
  it.each(cases)('%s is for its customer without what is for staff alone', (type, sample) => {
    const seen = paths(dataFor('customer', sample));
    const hidden = paths(sample.data).filter((path) => !seen.includes(path));
    expect(hidden).toEqual(paths(sample.data).filter((path) => forStaffAlone[type]?.test(path)));
    expect(seen.filter((path) => forStaffAlone[type]?.test(path))).toEqual([]);
  });

  it.each(cases)('%s is for staff as it is', (_, sample) => {
    expect(dataFor('staff', sample)).toEqual(sample.data);
  });

  it.each(cases)('%s hides from its customer what a newer version has added, at every depth', (_, sample) => {
    const grow = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(grow);
      if (typeof value !== 'object' || value === null) return value;
      const grown = Object.entries(value).map(([key, each]) => [key, grow(each)]);
      return { ...Object.fromEntries(grown), addedLater: 'x' };
    };
    const newer = { ...sample, data: grow(sample.data) } as OrderEvent;
    expect(dataFor('customer', newer)).toEqual(dataFor('customer', sample));
  });

  it('has samples with every field of its schema, so that no field is left out here', () => {
    for (const { type, version, data } of orderSamples) {
      const { properties = {} } = z.toJSONSchema(definitionOf(type, version).data) as { properties?: object };
      expect([type, Object.keys(data).sort()]).toEqual([type, Object.keys(properties).sort()]);
    }
  });
});
