import { describe, expect, test } from 'vitest';
import { onlineRetail } from '../../bench/replay/formats/online-retail.ts';
import { superstore, superstoreFile } from '../../bench/replay/formats/superstore.ts';
import { readReplayOptions } from '../../bench/replay/options.ts';

describe('options of a replay', () => {
  test('by default all orders of the superstore go to a new instance and are shipped', () => {
    expect(readReplayOptions([])).toEqual({
      url: undefined,
      durable: false,
      files: { format: superstore, files: [superstoreFile()], limit: undefined },
      concurrency: 8,
      dispatch: true,
      dryRun: false,
      help: false,
    });
  });

  test('are read', () => {
    const options = readReplayOptions(['--url', 'http://127.0.0.1:4000', '--limit', '50', '--concurrency', '2']);
    expect(options).toMatchObject({ url: 'http://127.0.0.1:4000', files: { limit: 50 }, concurrency: 2 });
  });

  test('name files and their format', () => {
    const options = readReplayOptions(['--file', 'a', '--file', 'b', '--format', 'online-retail', '--dry-run']);
    expect(options).toMatchObject({ files: { files: ['a', 'b'], format: onlineRetail }, dryRun: true });
    expect(readReplayOptions(['--no-dispatch']).dispatch).toBe(false);
  });

  test.each([
    [['--limit', '0'], '--limit'],
    [['--limit', '1.5'], '--limit'],
    [['--concurrency', '1000'], '--concurrency'],
    [['--url', 'localhost:4000'], '--url'],
    [['--durable', '--url', 'http://x'], '--durable'],
    [['--format', 'excel'], '--format excel: must be one of superstore, online-retail, shopify-orders'],
    [['--format', 'online-retail'], 'needs at least one --file'],
    [['--unknown'], '--unknown'],
  ])('%j is refused by name', (args, name) => {
    expect(() => readReplayOptions(args)).toThrow(name);
  });
});
