import { afterAll, beforeAll, beforeEach } from 'vitest';
import { toInstant } from '../../functions/shared/kernel/time.ts';
import { layouts, startStore, type TestStore } from '../support/dynamodb.ts';

export let store: TestStore;
/** A table for each test, because the audit reads all of it. */
export let table: string;

/** The time of every process of a test file. It advances when a process sleeps and when a test sets it. */
export const time = { nowMs: 1_000_000 };
export const clock = () => toInstant(time.nowMs);

/** The pace of a process that draws the same number always. */
export function paceWith(random: number) {
  return {
    random: () => random,
    sleep: async (milliseconds: number): Promise<void> => {
      time.nowMs += Math.ceil(milliseconds);
    },
  };
}

/** Starts the store for a test file. */
export function openStockTables(): void {
  beforeAll(async () => {
    store = await startStore();
  });
  beforeEach(async () => {
    table = await store.createTable(layouts.inventory);
  });
  afterAll(() => store.stop());
}
