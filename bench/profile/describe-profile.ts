import { figure, layOut } from '../statistics/table.ts';
import type { FrameTime } from './cpu-profile.ts';
import { groupOf } from './group.ts';

const shown = 20;

/** Where the processor time of an order goes: by group, and the functions that take most of it themselves. */
export function describeProfile(times: readonly FrameTime[], orders: number): string[] {
  const busy = times.map((time) => ({ ...time, group: groupOf(time.frame) })).filter(({ group }) => group !== 'idle');
  const total = busy.reduce((sum, { selfMs }) => sum + selfMs, 0);
  const row = (name: string, selfMs: number) => [name, figure(selfMs / orders), `${figure((selfMs / total) * 100)}%`];
  const byGroup = summed(busy, ({ group }) => group);
  const byFunction = summed(busy, ({ frame, group }) => {
    const place = frame.url === '' ? group : `${frame.url}:${frame.line + 1}`;
    return `${frame.functionName || '(anonymous)'}  ${place}`;
  });
  return [
    `CPU profile of the instance without its store, ${orders} orders`,
    '',
    ...layOut([['group', 'ms an order', 'share'], ...byGroup.map(([name, ms]) => row(name, ms)), row('in all', total)]),
    '',
    ...layOut([['function', 'ms an order', 'share'], ...byFunction.slice(0, shown).map(([name, ms]) => row(name, ms))]),
  ];
}

/** Sums of the self times by a key, largest first. */
function summed<Time extends FrameTime>(times: readonly Time[], keyOf: (time: Time) => string): [string, number][] {
  const sums = new Map<string, number>();
  for (const time of times) sums.set(keyOf(time), (sums.get(keyOf(time)) ?? 0) + time.selfMs);
  return [...sums].sort(([, a], [, b]) => b - a);
}
