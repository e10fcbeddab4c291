import { describe, expect, it } from 'vitest';
import { reportSweep } from '../../../../functions/inventory/adapters/report-sweep.ts';
import { sweepHolds } from '../../../../functions/inventory/domain/expire-holds.ts';
import type { ExpiredHolds } from '../../../../functions/inventory/domain/stock-store.ts';
import { toInstant } from '../../../../functions/shared/kernel/time.ts';

const now = toInstant(0);

/** A store whose batches are given. */
function batches(...given: ExpiredHolds[]) {
  return { expireHolds: async () => given.shift() ?? { expired: [], failed: [] } };
}

const ignore = () => undefined;

describe('the sweep of expired holds', () => {
  it('goes on until nothing is due, and tells of every order', async () => {
    const told: string[] = [];
    const store = batches({ expired: ['a', 'b'], failed: [] }, { expired: ['c'], failed: [] });
    const sweep = await sweepHolds(store, now, (orderId) => void told.push(orderId));
    expect(sweep).toEqual({ expiredCount: 3, failed: [], more: false });
    expect(told).toEqual(['a', 'b', 'c']);
  });

  it('ends after a bounded number of batches and says that more is due', async () => {
    let asked = 0;
    const store = {
      expireHolds: async () => {
        asked += 1;
        return { expired: [`order-${asked}`], failed: [] };
      },
    };
    expect(await sweepHolds(store, now, ignore)).toMatchObject({ more: true, expiredCount: 20 });
    expect(asked).toBe(20);
  });

  it('does not swallow a hold that could not be released', async () => {
    const failed = [{ orderId: 'a', reason: new Error('too little is reserved') }];
    const store = batches({ expired: ['b'], failed }, { expired: [], failed });
    const sweep = await sweepHolds(store, now, ignore);
    expect(sweep).toMatchObject({ expiredCount: 1, failed });
    expect(() => reportSweep(sweep)).toThrow('1 expired holds could not be released');
  });
});
