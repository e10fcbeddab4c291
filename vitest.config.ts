import { defineConfig } from 'vitest/config';

/** The sagas: the files of one worker share a running system (test/sagas/stage.ts), and so their modules. */
const sagas = 'test/sagas/**/*.test.ts';

/**
 * What goes through the functions' own AWS clients holds with either of them (functions/shared/aws/README.md). A run has with
 * the second client what tells the clients apart, calls and their faults; `HOLDFAST_CAMPAIGN` adds the rest: random
 * campaigns, and journeys about answers of the API.
 */
const isCampaign = process.env.HOLDFAST_CAMPAIGN !== undefined;
const contractsAndJourneys = isCampaign
  ? ['test/contracts/**/*.test.ts', 'test/journeys/**/*.test.ts']
  : [
      'test/contracts/**/*.test.ts',
      'test/journeys/{happy-path,idempotency,rejections,cancellation,holds,lists,inventory,webhooks,last-units,crash}.test.ts',
    ];
/** Contracts of the gateways, where only the sandbox's books are in DynamoDB, and of the store in memory. */
const withoutClient = ['test/contracts/{payment,carrier,memory}-*.test.ts'];
const campaigns = isCampaign ? [] : ['test/contracts/stock-store-interleavings.test.ts'];
const longSagas = isCampaign ? [] : ['test/sagas/{lost-executions,step-by-step,after-confirmation}.test.ts'];

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
          ...{ name: 'sdk', include: contractsAndJourneys, exclude: [...withoutClient, ...campaigns] },
          env: { AWS_CLIENT: 'sdk' },
        },
      },
      {
        extends: true,
        test: { name: 'sagas-sdk', include: [sagas], exclude: longSagas, isolate: false, env: { AWS_CLIENT: 'sdk' } },
      },
    ],
  },
});
