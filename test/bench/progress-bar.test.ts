import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { withProgressBar } from '../../bench/replay/progress-bar.ts';

function output(isTTY: boolean) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY });
  return { stream, text: () => String(stream.read() ?? '') };
}

const steps = (count: number) => async (onStep: () => void) => {
  for (let index = 0; index < count; index++) onStep();
  return count;
};

describe('a progress bar', () => {
  test('redraws one line of a terminal, and leaves it complete', async () => {
    const { stream, text } = output(true);
    expect(await withProgressBar('orders', 4, stream, steps(4))).toBe(4);
    const written = text();
    expect(written.split('\n')).toHaveLength(2);
    expect(written).toMatch(/orders {5}█{30} 4\/4 {2}100% {2}\d+\/s/);
  });

  test('is not redrawn at every step', async () => {
    const { stream, text } = output(true);
    await withProgressBar('orders', 1_000, stream, steps(1_000));
    expect(text().split('orders').length - 1).toBeLessThan(10);
  });

  test('prints plain lines where there is no terminal', async () => {
    const { stream, text } = output(false);
    await withProgressBar('orders', 200, stream, steps(200));
    const written = text();
    expect(written).toMatch(/^orders {5}░{30} 0\/200 {2}0% {2}0\/s\norders {5}█{30} 200\/200 {2}100% {2}\d+\/s\n/);
    for (const control of ['\r', '\x1b']) expect(written).not.toContain(control);
  });

  test('ends when the work fails, so that the process can exit', async () => {
    const { stream, text } = output(true);
    const failing = withProgressBar('orders', 4, stream, async (onStep) => {
      onStep();
      throw new Error('no shop');
    });
    await expect(failing).rejects.toThrow('no shop');
    const written = text();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(written).toMatch(/1\/4 {2}25%/);
    expect(text()).toBe('');
  });
});
