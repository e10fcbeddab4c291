import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderIdPattern, shipmentIdPattern } from '../../../../api/patterns.ts';
import { bucketOfCustomer, deriveId, orderIdFor, shipmentIdFor } from '../../../../functions/shared/kernel/ids.ts';

const part = fc.string({ unit: fc.constantFrom('a', 'b', ':', '-', '/'), maxLength: 4 });

describe('a derived id', () => {
  it('is the same each time it is derived, in this release and the next', () => {
    expect(orderIdFor('alice', 'key-1')).toBe('ord_5FC7QER6Y5VY8Z1AEJYZYXZG9K');
    expect(shipmentIdFor('ord_1', 'berlin')).toBe(shipmentIdFor('ord_1', 'berlin'));
  });

  it('has the form of its kind', () => {
    fc.assert(
      fc.property(part, part, (one, other) => {
        expect(orderIdFor(one, other)).toMatch(orderIdPattern);
        expect(shipmentIdFor(one, other)).toMatch(shipmentIdPattern);
      }),
    );
  });

  it('differs for other parts, wherever the parts are cut', () => {
    fc.assert(
      fc.property(part, part, part, part, (a, b, c, d) => {
        expect(deriveId('ord', a, b) === deriveId('ord', c, d)).toBe(a === c && b === d);
      }),
    );
  });

  it('of an order begins with the bucket of its customer', () => {
    expect(bucketOfCustomer('alice')).toBe('5FC');
    expect(bucketOfCustomer('bob')).toBe('G6V');
    for (const key of ['key-1', 'key-2']) expect(orderIdFor('alice', key).slice(4, 7)).toBe(bucketOfCustomer('alice'));
    const buckets = new Set(Array.from({ length: 20_000 }, (_, index) => bucketOfCustomer(`customer-${index}`)));
    // 20,000 customers in 32,768 buckets: 32,768 (1 - e^(-20,000 / 32,768)) = 14,970 of them are used.
    expect(buckets.size).toBeGreaterThan(14_700);
    expect(buckets.size).toBeLessThan(15_250);
  });

  it('is another one for another customer with the same key', () => {
    expect(orderIdFor('alice', 'key-1')).not.toBe(orderIdFor('bob', 'key-1'));
  });
});
