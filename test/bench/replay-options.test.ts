import { describe, expect, test } from 'vitest';
import { readReplayOptions } from '../../bench/replay/options.ts';

describe('options of a replay', () => {
  test('by default all orders go to a new instance', () => {
    expect(readReplayOptions([])).toEqual({
      url: undefined,
      durable: false,
      limit: undefined,
      concurrency: 8,
      help: false,
    });
  });

  test('are read', () => {
    const options = readReplayOptions(['--url', 'http://127.0.0.1:4000', '--limit', '50', '--concurrency', '2']);
    expect(options).toMatchObject({ url: 'http://127.0.0.1:4000', limit: 50, concurrency: 2 });
  });

  test.each([
    [['--limit', '0'], '--limit'],
    [['--limit', '1.5'], '--limit'],
    [['--concurrency', '1000'], '--concurrency'],
    [['--url', 'localhost:4000'], '--url'],
    [['--durable', '--url', 'http://x'], '--durable'],
    [['--unknown'], '--unknown'],
  ])('%j is refused by name', (args, name) => {
    expect(() => readReplayOptions(args)).toThrow(name);
  });
});
