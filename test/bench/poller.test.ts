import { describe, expect, test } from 'vitest';
import { inParallel } from '../../bench/client/in-parallel.ts';
import { Poller } from '../../bench/client/poller.ts';

/** A clock that moves only by `sleep`. */
function fakeClock() {
  let time = 0;
  return {
    now: () => time,
    sleep: async (ms: number) => {
      time += ms;
    },
  };
}

/** Polls for a state that is reached after so many milliseconds; returns the milliseconds until a poll finds it. */
async function poll(poller: Poller, clock: ReturnType<typeof fakeClock>, ms: number): Promise<number> {
  const start = clock.now();
  await poller.until(
    async () => clock.now(),
    (now) => (now - start >= ms ? start + ms : undefined),
  );
  return clock.now() - start;
}

describe('polling', () => {
  test('returns the first state that is done', async () => {
    const states = ['placed', 'placed', 'confirmed', 'dispatched'];
    const state = await new Poller(fakeClock()).until(
      async () => states.shift() ?? '',
      (status) => (status === 'placed' ? undefined : 0),
    );
    expect(state).toBe('confirmed');
  });

  test('polls once and at the right time when the duration is known from earlier waits', async () => {
    const clock = fakeClock();
    const poller = new Poller(clock);
    await poll(poller, clock, 120);
    const before = poller.polls;
    expect(await poll(poller, clock, 120)).toBe(120);
    expect(poller.polls - before).toBe(1);
  });

  test('adapts to shorter waits after a slow one', async () => {
    const clock = fakeClock();
    const poller = new Poller(clock);
    await poll(poller, clock, 2_000);
    await poll(poller, clock, 100);
    expect(await poll(poller, clock, 100)).toBe(100);
  });

  test('fails when the state is never reached', async () => {
    const clock = fakeClock();
    await expect(poll(new Poller(clock), clock, Number.POSITIVE_INFINITY)).rejects.toThrow('not done');
    expect(clock.now()).toBeGreaterThan(60_000);
  });

  test('passes on an error of the read', async () => {
    const read = () => Promise.reject(new Error('no answer'));
    await expect(new Poller(fakeClock()).until(read, () => undefined)).rejects.toThrow('no answer');
  });
});

describe('parallel execution', () => {
  test('runs at most so many at a time, and every item once', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      done.push(item);
      running -= 1;
    });
    expect(most).toBe(3);
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('ends with the first failure', async () => {
    const begun: number[] = [];
    const act = async (item: number) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 2) throw new Error('two');
    };
    await expect(inParallel([1, 2, 3, 4, 5, 6, 7, 8], 2, act)).rejects.toThrow('two');
    expect(begun.length).toBeLessThan(8);
  });
});
