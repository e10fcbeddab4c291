import { beforeEach, expect, test, vi } from 'vitest';
import {
  resumeUnfinished,
  unfinishedOrderResumer,
} from '../../../../functions/fulfillment/commands/resume-unfinished-order.ts';
import { firstDue } from '../../../../functions/orders/domain/unfinished.ts';
import { type DueOrders, dueAtOfDueKey, foldOrder, orderIdOfDueKey } from '../../../../functions/orders/index.ts';
import { addSeconds, type Instant } from '../../../../functions/shared/kernel/time.ts';
import { logger } from '../../../../functions/shared/logging.ts';
import { commitsOf, placed, now as placedAt } from '../../orders/given.ts';

beforeEach(() => void vi.spyOn(logger, 'warn').mockReturnValue(undefined));

const holdSeconds = 900;
const commits = commitsOf(placed);
const order = foldOrder(commits);
if (order === undefined) throw new Error('no order');
const { orderId } = order;

/** The index of due orders with one order in it. */
function index(): DueOrders {
  let dueKey: string | undefined = `${firstDue(order as NonNullable<typeof order>, holdSeconds)?.dueAt}#${orderId}`;
  let nth = 0;
  let execution = 0;
  return {
    oldest: async (after, before) =>
      dueKey !== undefined && dueAtOfDueKey(dueKey) <= before && (after ?? '') < dueKey ? [dueKey] : [],
    async take(claimed, next) {
      if (claimed !== dueKey) return undefined;
      dueKey = next === undefined ? undefined : `${next}#${orderIdOfDueKey(claimed)}`;
      nth += 1;
      return { orderId, version: 1, nth, execution };
    },
    async note(_, number) {
      execution = number;
    },
  };
}

/** Runs the function every minute for an hour. @returns the seconds after the placement at which it did something. */
async function anHour(start: (name: string, seconds: number) => 'accepted' | 'exists') {
  const expired: number[] = [];
  let seconds = 0;
  const clock = () => addSeconds(placedAt, seconds);
  const due = index();
  const remedies = {
    start: async (_: unknown, name: string) => start(name, seconds),
    expireHold: async () => {
      expired.push(seconds);
      return false;
    },
    resumeFilled: async () => false,
  };
  const resume = unfinishedOrderResumer({ log: { read: async () => commits }, due, remedies, clock, holdSeconds });
  for (seconds = 0; seconds < 3_600; seconds += 60) await resumeUnfinished(resume, { due, clock, seconds: 40 });
  return { expired };
}

test('a placement that does not end is started every six minutes, and its hold is looked at every minute after its end', async () => {
  const starts: number[] = [];
  const { expired } = await anHour((_, seconds) => {
    starts.push(seconds);
    return 'accepted';
  });
  expect(starts).toEqual([360, 720, 1_080, 1_440, 1_800, 2_160, 2_520, 2_880, 3_240]);
  expect(expired).toEqual(Array.from({ length: 45 }, (_, minute) => 900 + minute * 60));
});

test('an execution that still runs gets no second one beside it, at any later time', async () => {
  /** A Standard state machine whose executions end at these seconds; a name is used once. */
  const endsAt = new Map([
    [orderId, 300],
    [`${orderId}-again-1`, 2_000],
  ]);
  const started: string[] = [orderId];
  await anHour((name, seconds) => {
    if (!started.includes(name)) {
      started.push(name);
      return 'accepted';
    }
    return seconds < (endsAt.get(name) ?? 0) ? 'accepted' : 'exists';
  });
  expect(started.slice(0, 3)).toEqual([orderId, `${orderId}-again-1`, `${orderId}-again-2`]);
  // The second one runs until 2,000 s: the third one is started at the next time, and one at each of the three after it.
  expect(started).toHaveLength(6);
});

test('a number that was started and not noted is skipped', async () => {
  const used = new Set(
    Array.from({ length: 15 }, (_, number) => (number === 0 ? orderId : `${orderId}-again-${number}`)),
  );
  const started: string[] = [];
  await anHour((name) => {
    if (used.has(name)) return 'exists';
    used.add(name);
    started.push(name);
    return 'accepted';
  });
  expect(started[0]).toBe(`${orderId}-again-15`);
  expect(started).toHaveLength(8);
});

const never: Instant | undefined = undefined;
test('an order that is not in the index is left alone', async () => {
  const due = { ...index(), take: async () => never };
  const remedies = {
    start: () => Promise.reject(new Error('started')),
    expireHold: async () => false,
    resumeFilled: async () => false,
  };
  const clock = () => addSeconds(placedAt, 400);
  const resume = unfinishedOrderResumer({ log: { read: async () => commits }, due, remedies, clock, holdSeconds });
  expect(await resume(`${addSeconds(placedAt, 360)}#${orderId}`)).toBe('nothing');
});
