import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { TransientFault } from '../../../functions/shared/kernel/faults.ts';
import { refuse } from '../../../functions/shared/kernel/refusal.ts';
import { logger } from '../../../functions/shared/logging.ts';
import { sagaStep } from '../../../functions/shared/saga-step.ts';

const input = z.object({ orderId: z.string(), count: z.int() });
const state = { orderId: 'ord_1', count: 3, address: 'Hauptstr. 1' };
const step =
  (run: (parsed: z.output<typeof input>) => Promise<unknown>, reaches?: 'tables' | 'gateway') => (event: unknown) =>
    sagaStep(input, run, reaches)(event, {});
/** The error as Step Functions sees it. */
const failure = (run: () => Promise<unknown>, event: unknown = state, reaches?: 'tables' | 'gateway') =>
  step(
    run,
    reaches,
  )(event).then(
    () => Promise.reject(new Error('did not fail')),
    ({ name, message }: Error) => ({ name, message }),
  );

describe('a step of a saga', () => {
  const log = { lines: '' };
  beforeEach(() => {
    log.lines = '';
    vi.spyOn(logger, 'error').mockImplementation((...line: unknown[]) => {
      log.lines += JSON.stringify(line);
    });
  });
  afterEach(() => vi.restoreAllMocks());

  it('gets the part of the state that it reads, and answers with data', async () => {
    expect(await step(async (parsed) => ({ parsed }))(state)).toEqual({ parsed: { orderId: 'ord_1', count: 3 } });
  });

  it('that refuses fails under the name of its code, which no Retry lists', async () => {
    const refused = await failure(async () => refuse('OUT_OF_STOCK', 'Sold out.'));
    expect(refused).toEqual({ name: 'OUT_OF_STOCK', message: 'Sold out.' });
    expect(log.lines).toBe('');
  });

  const throttle = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
  const timeout = new Error('lost', { cause: Object.assign(new Error(), { code: 'ETIMEDOUT' }) });

  it.each([
    { meets: 'a throttled table', error: throttle, reaches: 'tables', name: 'OverloadFault' },
    { meets: 'a timeout underneath', error: timeout, reaches: 'tables', name: 'OverloadFault' },
    { meets: 'a fault of ours', error: new TransientFault('busy'), reaches: 'tables', name: 'OverloadFault' },
    { meets: 'a throttled table', error: throttle, reaches: 'gateway', name: 'OverloadFault' },
    { meets: 'a timeout underneath', error: timeout, reaches: 'gateway', name: 'TransientFault' },
    { meets: 'a fault of ours', error: new TransientFault('busy'), reaches: 'gateway', name: 'TransientFault' },
  ] as const)('that reaches $reaches and meets $meets fails as $name', async ({ error, reaches, name }) => {
    expect(await failure(() => Promise.reject(error), state, reaches)).toEqual({ name, message: error.message });
    expect(log.lines).toContain('ord_1');
  });

  it('that meets a defect fails under the name of the defect', async () => {
    expect(await failure(() => Promise.reject(new TypeError('oops')))).toEqual({ name: 'TypeError', message: 'oops' });
  });

  it.each([[{ orderId: 'ord_1' }], [null], [[]], ['text']])('does nothing for the state %j', async (event) => {
    const run = vi.fn(async () => ({}));
    expect((await failure(run, event)).name).toMatch(/Zod/);
    expect(run).not.toHaveBeenCalled();
  });

  it('logs no payload', async () => {
    await failure(() => Promise.reject(new Error('x')));
    expect(log.lines).not.toContain('Hauptstr');
  });
});
