import { describe, expect, it } from 'vitest';
import { reservingStep } from '../../../../functions/fulfillment/commands/reserve-order-stock.ts';
import { addSeconds, type Instant } from '../../../../functions/shared/kernel/time.ts';
import { lines, now, placement, sagaState } from '../../orders/given.ts';

const holdSeconds = 600;
const [mug, lamp] = lines as [(typeof lines)[number], (typeof lines)[number]];
const digital = { ...lamp, digital: true as const };

function stepAt(clock: Instant) {
  const asked: unknown[] = [];
  const step = reservingStep({
    reserveDiscounts: async () => [],
    reserve: async (request) => {
      asked.push(request.lines);
      return { allocations: [{ location: 'berlin', lines: [] }], expiresAt: request.expiresAt };
    },
    clock: () => clock,
    holdSeconds,
  });
  return { step, asked };
}
const stateOf = (...ordered: readonly (typeof mug)[]) =>
  sagaState({ order: { ...placement, lines: [...ordered], placedAt: now } });

describe('the step ReserveStock', () => {
  it('asks the inventory for the lines that are shipped alone', async () => {
    const { step, asked } = stepAt(now);
    expect(await step(stateOf(mug, digital))).toMatchObject({ allocations: [{ location: 'berlin' }] });
    expect(asked).toEqual([[mug]]);
  });

  it('does not call the inventory for digital lines alone, and has the same end of the hold in every run', async () => {
    for (const late of [0, 30, 3_000]) {
      const { step, asked } = stepAt(addSeconds(now, late));
      expect(await step(stateOf(digital))).toEqual({ allocations: [], expiresAt: addSeconds(now, holdSeconds) });
      expect(asked).toEqual([]);
    }
  });
});
