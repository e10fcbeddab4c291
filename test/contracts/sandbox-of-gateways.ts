import { afterAll, afterEach, beforeAll } from 'vitest';
import { startStore, type TestStore } from '../support/dynamodb.ts';
import { pointAwsAt } from '../support/environment.ts';
import { startSandbox, type TestSandbox } from '../support/sandbox.ts';

export let store: TestStore;
export let sandbox: TestSandbox;

/** Starts a store and the sandbox of the gateways for a test file. No fault is left from one test to the next. */
export function openSandbox(): void {
  beforeAll(async () => {
    store = await startStore();
    pointAwsAt({ store });
    sandbox = await startSandbox(store);
  });
  afterAll(async () => {
    await sandbox.stop();
    await store.stop();
  });
  afterEach(() => {
    sandbox.interfere = () => undefined;
  });
}
