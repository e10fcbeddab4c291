import { describe, expect, test } from 'vitest';
import { Follower } from '../../bench/client/follow.ts';
import { inParallel } from '../../bench/client/in-parallel.ts';

/** A clock that only moves when somebody sleeps. */
function fakeClock() {
  let time = 0;
  return {
    now: () => time,
    sleep: async (ms: number) => {
      time += ms;
    },
  };
}

/** Follows something that is done so many milliseconds after it begins; answers when that was seen. */
async function follow(follower: Follower, clock: ReturnType<typeof fakeClock>, ms: number): Promise<number> {
  const start = clock.now();
  await follower.until(
    async () => clock.now(),
    (now) => (now - start >= ms ? start + ms : undefined),
  );
  return clock.now() - start;
}

describe('following an order', () => {
  test('answers the first state that is done', async () => {
    const states = ['placed', 'placed', 'confirmed', 'dispatched'];
    const state = await new Follower(fakeClock()).until(
      async () => states.shift() ?? '',
      (status) => (status === 'placed' ? undefined : 0),
    );
    expect(state).toBe('confirmed');
  });

  test('once it knows how long it takes, it asks once and at the right time', async () => {
    const clock = fakeClock();
    const follower = new Follower(clock);
    await follow(follower, clock, 120);
    const before = follower.questions;
    expect(await follow(follower, clock, 120)).toBe(120);
    expect(follower.questions - before).toBe(1);
  });

  test('one slow start does not make it wait that long for ever', async () => {
    const clock = fakeClock();
    const follower = new Follower(clock);
    await follow(follower, clock, 2_000);
    await follow(follower, clock, 100);
    expect(await follow(follower, clock, 100)).toBe(100);
  });

  test('it gives up on what never ends', async () => {
    const clock = fakeClock();
    await expect(follow(new Follower(clock), clock, Number.POSITIVE_INFINITY)).rejects.toThrow('not done');
    expect(clock.now()).toBeGreaterThan(60_000);
  });

  test('a fault while asking is passed on', async () => {
    const ask = () => Promise.reject(new Error('no answer'));
    await expect(new Follower(fakeClock()).until(ask, () => undefined)).rejects.toThrow('no answer');
  });
});

describe('doing things in parallel', () => {
  test('never does more at a time than allowed, and everything once', async () => {
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

  test('a failure ends it', async () => {
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
