/**
 * What bench/, scripts/ and test/ may use of the local runner. They import nothing else from this folder
 * (`test/architecture/imports.test.ts`); only the tests of the runner itself, in test/local/, look inside.
 */

// Faults that a test injects.
export type { StoreFault } from './dynamodb/store-faults.ts';
// A running system, and a store alone.
export { startStore } from './dynamodb/store-process.ts';
export type { InvokeFault } from './lambda/invocation.ts';
export type { ExecutionSummary, Local } from './local.ts';
export type { LocalOptions } from './options.ts';
export { readDefinition } from './sagas/definition.ts';
export { startLocal } from './start-local.ts';
// The synthesized app.
export { synthesize } from './synth.ts';
export type { App } from './template/app.ts';
export { loadAssembly } from './template/assembly.ts';
export { isAllowed, readStatements } from './template/permissions.ts';
export { readApp } from './template/read-app.ts';
export { Resolver } from './template/resolve.ts';
export { ACCOUNT, DEFAULT_REGION, localArn } from './template/resource-types.ts';
