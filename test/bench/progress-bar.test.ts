import { describe, expect, test } from 'vitest';
import { ProgressBar } from '../../bench/replay/progress-bar.ts';

function paper(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, write: (text: string) => written.push(text) };
}

describe('a progress bar', () => {
  test('rewrites one line of a terminal, and leaves it complete', () => {
    const output = paper(true);
    let now = 0;
    const bar = new ProgressBar('orders', 4, output, () => now);
    for (let index = 0; index < 4; index++) {
      now += 1_000;
      bar.step();
    }
    bar.end();
    const text = output.written.join('');
    expect(text.split('\n')).toHaveLength(2);
    expect(output.written.filter((part) => part.startsWith('\r'))).toHaveLength(5);
    expect(output.written.at(-2)).toContain(`${'█'.repeat(30)} 4/4  100%  1/s`);
  });

  test('does not redraw more often than eyes can follow', () => {
    const output = paper(true);
    const bar = new ProgressBar('orders', 1_000, output, () => 5);
    for (let index = 0; index < 1_000; index++) bar.step();
    expect(output.written).toHaveLength(1);
  });

  test('prints a line every tenth elsewhere', () => {
    const output = paper(false);
    const bar = new ProgressBar('orders', 200, output, () => 1_000);
    for (let index = 0; index < 200; index++) bar.step();
    bar.end();
    expect(output.written).toHaveLength(10);
    expect(output.written[0]).toMatch(/^orders +20\/200 {2}10% {2}\d+\/s\n$/);
    expect(output.written.join('')).not.toContain('\r');
  });
});
