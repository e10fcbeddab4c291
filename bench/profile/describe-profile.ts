import { figure, layOut } from '../statistics/table.ts';
import type { FrameTime } from './cpu-profile.ts';
import { groupOf } from './group.ts';

const shown = 20;

/**
 * Describes the processor time of an order: by kind of code, by owner of the code, and the functions with the most self
 * time. With more threads than processors, samples include waiting for a processor, so they are used for shares only.
 *
 * @param cpuMsPerOrder processor time of the process per order, from the operating system
 */
export function describeProfile(times: readonly FrameTime[], cpuMsPerOrder: number): string[] {
  const busy = times.map((time) => ({ ...time, group: groupOf(time.frame) })).filter(({ group }) => group !== 'idle');
  const total = busy.reduce((sum, { selfMs }) => sum + selfMs, 0);
  const row = (name: string, selfMs: number) => {
    const share = selfMs / total;
    return [name, (share * cpuMsPerOrder).toFixed(2), `${(share * 100).toFixed(1)}%`];
  };
  const table = (title: string, sums: readonly [string, number][]) =>
    layOut([[title, 'ms an order', 'share'], ...sums.map(([name, selfMs]) => row(name, selfMs))]);
  const byGroup = summed(busy, ({ group }) => group);
  const byThread = summed(busy, ({ thread }) => thread);
  const byFunction = summed(busy, ({ frame, group }) => {
    const place = frame.url === '' ? group : `${frame.url}:${frame.line + 1}`;
    return `${frame.functionName || '(anonymous)'}  ${place}`;
  });
  return [
    `CPU profile of the instance without its store, ${figure(cpuMsPerOrder)} ms an order`,
    '',
    ...table('kind of code', byGroup),
    '',
    ...table('owner', byThread),
    '',
    ...table('function', byFunction.slice(0, shown)),
  ];
}

/** The sums of the self times by key, largest first. */
function summed<Time extends FrameTime>(times: readonly Time[], keyOf: (time: Time) => string): [string, number][] {
  const sums = new Map<string, number>();
  for (const time of times) sums.set(keyOf(time), (sums.get(keyOf(time)) ?? 0) + time.selfMs);
  return [...sums].sort(([, a], [, b]) => b - a);
}
