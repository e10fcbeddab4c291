import { describe, expect, test } from 'vitest';
import { selfTimes } from '../../bench/profile/cpu-profile.ts';
import { describeProfile } from '../../bench/profile/describe-profile.ts';
import { groupOf } from '../../bench/profile/group.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, line: 0, column: 0 });

describe('a CPU profile is summarized', () => {
  test('the time between two samples belongs to the function of the first one', () => {
    const node = (id: number, functionName: string) => ({
      id,
      callFrame: { functionName, url: 'x', lineNumber: 0, columnNumber: 0 },
    });
    const times = selfTimes('main', {
      nodes: [node(1, 'a'), node(2, 'b'), node(3, 'never')],
      samples: [1, 2, 1],
      timeDeltas: [500, 2_000, 3_000],
    });
    expect(times.map(({ frame: { functionName }, selfMs }) => [functionName, selfMs])).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
  });

  test.each([
    [frame('send', 'node_modules/@smithy/core/x.js'), 'AWS SDK'],
    [frame('handler', 'functions/orders/place-order.ts'), 'functions'],
    [frame('#pump', 'local/queues/queue-consumer.ts'), 'runner'],
    [frame('writev', 'node:net'), 'Node'],
    [frame('parse'), 'JSON'],
    [frame('(garbage collector)'), 'garbage collection'],
    [frame('writeBuffer'), 'native functions'],
  ])('%o belongs to %s', (each, group) => {
    expect(groupOf(each)).toBe(group);
  });

  test('idle time is left out, and the rest is scaled to the processor time of the process', () => {
    const text = describeProfile(
      [
        { thread: 'orders/place-order', frame: frame('(idle)'), selfMs: 9_000 },
        { thread: 'orders/place-order', frame: frame('a', 'functions/orders/place-order.ts'), selfMs: 30 },
        { thread: 'main', frame: frame('b', 'local/b.ts'), selfMs: 10 },
      ],
      4,
    ).join('\n');
    expect(text).toMatch(/^functions +3\.00 +75\.0%$/m);
    expect(text).toMatch(/^main +1\.00 +25\.0%$/m);
    expect(text).not.toContain('idle');
    expect(text).toMatch(/^orders\/place-order +3\.00 +75\.0%$/m);
  });
});
