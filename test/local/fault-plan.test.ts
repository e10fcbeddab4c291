import { expect, test } from 'vitest';
import { storeFaults } from '../../local/dynamodb/store-faults.ts';

const call = { function: 'F', operation: 'PutItem', tables: ['T'], body: '' };

test('a rule strikes from its nth matching call, as often as it says', () => {
  const plan = storeFaults();
  plan.add({ kind: 'error', nth: 2, times: 2, table: 'T' });
  const struck = () => plan.match(call)?.kind;
  expect([struck(), struck(), struck(), struck()]).toEqual([undefined, 'error', 'error', undefined]);
});

test('calls that a rule does not match are not counted', () => {
  const plan = storeFaults();
  plan.add({ kind: 'error', function: 'F', operation: 'PutItem', when: ({ body }) => body !== 'skipped' });
  for (const other of [{ function: 'G' }, { operation: 'GetItem' }, { body: 'skipped' }]) {
    expect(plan.match({ ...call, ...other })).toBeUndefined();
  }
  expect(plan.match(call)).toMatchObject({ kind: 'error' });
});

test('no rule strikes once the plan is cleared', () => {
  const plan = storeFaults();
  plan.add({ kind: 'error', times: Number.POSITIVE_INFINITY });
  expect(plan.match(call)).toBeDefined();
  plan.clear();
  expect(plan.match(call)).toBeUndefined();
});
