import { defineConfig } from 'vitest/config';

/** What goes through the functions' own AWS clients: it has to hold with either of them (functions/shared/aws/README.md). */
const withBothClients = ['test/contracts/**/*.test.ts', 'test/sagas/**/*.test.ts', 'test/journeys/**/*.test.ts'];

/** Contracts of the gateways, where only the sandbox's books are in DynamoDB, and of the store in memory. */
const withoutClient = ['test/contracts/{payment,carrier,memory}-*.test.ts'];

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'threads',
    // Tests of journeys and sagas wait for one another's timers and processes, so two files at a time fill two processors.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'direct', include: ['test/**/*.test.ts'], env: { AWS_CLIENT: 'direct' } } },
      {
        extends: true,
        test: { name: 'sdk', include: withBothClients, exclude: withoutClient, env: { AWS_CLIENT: 'sdk' } },
      },
    ],
  },
});
