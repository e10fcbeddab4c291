import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deriveId,
  orderIdFor,
  orderIdPattern,
  shipmentIdFor,
  shipmentIdPattern,
} from '../../../../functions/shared/kernel/ids.ts';

const part = fc.string({ unit: fc.constantFrom('a', 'b', ':', '-', '/'), maxLength: 4 });

describe('a derived id', () => {
  it('is the same each time it is derived, in this release and the next', () => {
    expect(orderIdFor('alice', 'key-1')).toBe('ord_4YV7QER6Y5VY8Z1AEJYZYXZG9K');
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

  it('is another one for another customer with the same key', () => {
    expect(orderIdFor('alice', 'key-1')).not.toBe(orderIdFor('bob', 'key-1'));
  });
});
