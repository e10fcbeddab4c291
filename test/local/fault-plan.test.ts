import { expect, test } from 'vitest';
import { storeFaults } from '../../local/dynamodb/store-faults.ts';

test('who watches a plan knows at once whether it has rules', () => {
  let hasRules: boolean | undefined;
  const plan = storeFaults((now) => {
    hasRules = now;
  });
  plan.add();
  expect(hasRules).toBe(false);
  plan.add({ kind: 'error' });
  expect(hasRules).toBe(true);
  // A rule that has struck for the last time is still one: it has to be cleared.
  plan.strike({ function: 'F', operation: 'PutItem', tables: ['T'], body: '' });
  plan.add();
  expect(hasRules).toBe(true);
  plan.clear();
  expect(hasRules).toBe(false);
});
