import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { TransientFault } from '../../../functions/shared/kernel/faults.ts';
import { refuse } from '../../../functions/shared/kernel/refusal.ts';
import { logger } from '../../../functions/shared/logging.ts';
import { sagaStep } from '../../../functions/shared/saga-step.ts';

const input = z.object({ orderId: z.string(), count: z.int() });
const state = { orderId: 'ord_1', count: 3, address: 'Hauptstr. 1' };
const step = (run: (parsed: z.output<typeof input>) => Promise<unknown>) => (event: unknown) =>
  sagaStep(input, run)(event, {});
/** The error as Step Functions sees it. */
const failure = (run: () => Promise<unknown>, event: unknown = state) =>
  step(run)(event).then(
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

  it.each([
    ['a throttle', Object.assign(new Error('slow down'), { name: 'ThrottlingException' })],
    ['a timeout underneath', new Error('lost', { cause: Object.assign(new Error(), { code: 'ETIMEDOUT' }) })],
    ['a fault of ours', new TransientFault('busy')],
  ])('that meets %s fails under the one name that is retried', async (_, error) => {
    expect(await failure(() => Promise.reject(error))).toEqual({ name: 'TransientFault', message: error.message });
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
