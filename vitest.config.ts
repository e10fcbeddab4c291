import { defineConfig } from 'vitest/config';

/** The sagas: the files of one worker share a running system (test/sagas/stage.ts), and so their modules. */
const sagas = 'test/sagas/**/*.test.ts';

/**
 * What goes through the functions' own AWS clients holds with either of them (functions/shared/aws/README.md). A run has with
 * the second client what tells the clients apart: requests, answers and faults of every kind of call, and an order's whole way.
 * `HOLDFAST_CAMPAIGN` adds all other contracts, sagas and journeys.
 */
const isCampaign = process.env.HOLDFAST_CAMPAIGN !== undefined;
const withSecondClient = isCampaign
  ? ['test/contracts/**/*.test.ts', 'test/journeys/**/*.test.ts']
  : [
      'test/contracts/{stock-store,stock-store-model,stock-store-journal,stock-plans,stock-books,hot-list,read-claim}.test.ts',
      'test/contracts/{announced-levels,discount-uses,purchase-store,fast-clock}.test.ts',
      'test/journeys/{happy-path,crash}.test.ts',
    ];
const sagasWithSecondClient = isCampaign ? [sagas] : ['test/sagas/{order-saga,dispatch-saga,store-faults}.test.ts'];
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
      {
        extends: true,
        test: { name: 'direct', include: ['test/**/*.test.ts'], exclude: [sagas], env: { AWS_CLIENT: 'direct' } },
      },
      {
        extends: true,
        test: { name: 'sagas', include: [sagas], isolate: false, env: { AWS_CLIENT: 'direct' } },
      },
      {
        extends: true,
        test: {
          ...{ name: 'sdk', include: withSecondClient, exclude: withoutClient },
          env: { AWS_CLIENT: 'sdk' },
        },
      },
      {
        extends: true,
        test: { name: 'sagas-sdk', include: sagasWithSecondClient, isolate: false, env: { AWS_CLIENT: 'sdk' } },
      },
    ],
  },
});
