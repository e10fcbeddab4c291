import { expect, test } from 'vitest';
import type { OrderLog } from '../../../../functions/orders/commands/order-log.ts';
import { rewriteViews } from '../../../../functions/orders/commands/rewrite-views.ts';
import type { Commit } from '../../../../functions/orders/domain/commit.ts';
import { TransientFault } from '../../../../functions/shared/kernel/faults.ts';
import { commitsOf, confirmation, event, placed } from '../given.ts';

const commits = commitsOf(placed, confirmation()) as Commit[];
const good: OrderLog['read'] = async (orderId) => commits.map((commit) => ({ ...commit, orderId }));

/** Rewrites the views of `ord_1`, `ord_2` and `ord_3`, in two pages; `read` answers for the second. */
async function rewriteWith(read: OrderLog['read']) {
  const written: string[] = [];
  const pages = async function* () {
    yield ['ord_1', 'ord_2'];
    yield ['ord_3'];
  };
  const rewrite = await rewriteViews(pages(), {
    log: { read: (orderId) => (orderId === 'ord_2' ? read(orderId) : good(orderId)) },
    write: async ({ orderId }) => {
      written.push(orderId);
    },
    holdSeconds: 900,
  });
  return { ...rewrite, written };
}

test.each<[string, OrderLog['read']]>([
  ['lacks a version', async (orderId) => (await good(orderId)).slice(1)],
  ['has an event that is not allowed', async () => commitsOf(placed, [event('OrderCancelled', {})], confirmation())],
  ['has a commit that cannot be parsed', () => Promise.reject(new SyntaxError('Unexpected token'))],
  ['has too many commits', () => Promise.reject(new Error('order ord_2 has more than 500 commits'))],
])('an order whose log %s is reported, and the views of the others are rewritten', async (_, read) => {
  expect(await rewriteWith(read)).toEqual({
    rewrittenCount: 2,
    failed: [{ orderId: 'ord_2', reason: expect.stringMatching(/./) }],
    written: expect.arrayContaining(['ord_1', 'ord_3']),
  });
});

test('a fault that may pass ends the rewrite, which can run again', async () => {
  await expect(rewriteWith(() => Promise.reject(new TransientFault('busy')))).rejects.toThrow('busy');
});
