import { describe, expect, it } from 'vitest';
import { type PlaceOrderBody, placeOrderBody } from '../../../../api/orders.ts';
import { orderPlaced } from '../../../../events/orders/order-placed.v1.ts';
import { placementCommit } from '../../../../functions/orders/domain/placement-commit.ts';
import { body, lines, now, orderId, origin, placement, totals } from '../given.ts';

const place = (change: Partial<PlaceOrderBody> = {}) =>
  placementCommit(
    { orderId, customerId: 'alice', termsHash: 'hash' },
    { ...body, ...change },
    { lines: lines as never, totals: totals as never, shippingOption: 'standard', onlyShippingOption: true },
    origin,
    now,
  );

describe('placing an order', () => {
  it('is version 1 of its log and one event', () => {
    expect(place()).toEqual({
      ...origin,
      orderId,
      version: 1,
      committedAt: now,
      termsHash: 'hash',
      events: [{ type: 'OrderPlaced', version: 1, data: placement }],
    });
  });

  it('keeps the way of shipping unless the market has no other one and the customer named none', () => {
    const placeWith = (shippingOption: string | undefined, only: { readonly onlyShippingOption?: true }) => {
      const priced = { lines: lines as never, totals: totals as never, shippingOption: 'standard', ...only };
      const order = { orderId, customerId: 'alice', termsHash: 'hash' };
      return placementCommit(order, { ...body, shippingOption }, priced, origin, now).events[0]?.data;
    };
    expect(placeWith(undefined, { onlyShippingOption: true })).not.toHaveProperty('shippingOption');
    expect(placeWith(undefined, {})).toMatchObject({ shippingOption: 'standard' });
    expect(placeWith('standard', { onlyShippingOption: true })).toMatchObject({ shippingOption: 'standard' });
  });

  it('keeps the locale when the customer has one', () => {
    expect(place({ locale: 'de-AT' }).events[0]?.data).toEqual({ ...placement, locale: 'de-AT' });
  });

  it('records that the order may not be split, and leaves the default out', () => {
    expect(place({ allowSplitShipments: false }).events[0]?.data).toEqual({ ...placement, allowSplitShipments: false });
    expect(place({ allowSplitShipments: true }).events[0]?.data).toEqual(placement);
  });

  it('leaves no personal data in the log: of the address it keeps the country and the postal area', () => {
    const written = JSON.stringify(place());
    const personal = [...Object.entries(body.shippingAddress), ...Object.entries(body.contact)]
      .filter(([field]) => field !== 'country')
      .map(([, value]) => String(value));
    expect(personal.filter((value) => written.includes(value))).toEqual([]);
    expect(place().events[0]?.data).toMatchObject({ shipTo: { country: 'DE', postalArea: '101' } });
  });

  it.each([
    ['1a😀b', '1a😀'],
    ['😀😀😀😀', '😀😀😀'],
    ['1e\u0301🏴󠁧󠁢󠁳󠁣󠁴󠁿2', '1e\u0301🏴󠁧󠁢󠁳󠁣󠁴󠁿'],
    ['10115', '101'],
    ['1', '1'],
    [undefined, ''],
  ])('of the postal code %o keeps the whole characters %o', (postalCode, postalArea) => {
    const shippingAddress = { ...body.shippingAddress, postalCode };
    expect(place({ shippingAddress }).events[0]?.data).toMatchObject({ shipTo: { postalArea } });
  });

  it('writes an event that matches its schema', () => {
    expect(placeOrderBody.parse(body)).toEqual(body);
    expect(orderPlaced.data.safeParse(place({ locale: 'de' }).events[0]?.data).success).toBe(true);
  });
});
