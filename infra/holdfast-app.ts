import { App, type Stack, Tags, Validations } from 'aws-cdk-lib/core';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import { type Bundle, bundleFunctions } from './bundle.ts';
import { Sandbox } from './capabilities/sandbox.ts';
import type { Deployment } from './constructs/deployment.ts';
import { readSettings } from './settings.ts';
import { AccountStack } from './stacks/account-stack.ts';
import { CommerceStack } from './stacks/commerce-stack.ts';
import { DataStack } from './stacks/data-stack.ts';
import { EdgeStack } from './stacks/edge-stack.ts';
import { InventoryStack } from './stacks/inventory-stack.ts';
import { OperationsStack } from './stacks/operations-stack.ts';
import { OrdersStack } from './stacks/orders-stack.ts';
import { SandboxStack } from './stacks/sandbox-stack.ts';

export interface AppProps {
  /** The output directory for the templates and the functions' code. */
  readonly outdir: string;
  /** Settings as `-c key=value` gives them. The CLI's settings take precedence. */
  readonly context?: Readonly<Record<string, string>>;
  /** The functions' code, if it is bundled already. */
  readonly bundle?: Bundle;
}

/** The feature flags of a new CDK app, set for runs without the CLI too. */
const flags = {
  ...recommendedFlags,
  // A finding of the CDK's own template checks fails the synthesis.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // References between stacks are plain exports and imports, which every deployment engine supports.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
} as const;

/**
 * The whole app, ready for synthesis. The synthesis fails on any finding of cdk-nag or of the CDK's own checks.
 *
 * @throws SettingError for a setting that is not allowed.
 */
export function createApp({ outdir, context = {}, bundle }: AppProps): App {
  const app = new App({ outdir, analyticsReporting: false, context: { ...flags, ...context } });
  const settings = readSettings(app.node);
  const data = new DataStack(app, 'Data', settings);
  const sandbox = data.sandbox && { books: data.sandbox, stack: new SandboxStack(app, 'Sandbox', settings) };
  const deployment: Deployment = {
    settings,
    bundle: bundle ?? bundleFunctions(),
    data,
    functions: new Map(),
    endpoints: {
      PAYMENT_ENDPOINT: settings.paymentEndpoint ?? sandbox?.stack.api.url ?? '',
      CARRIER_ENDPOINT: settings.carrierEndpoint ?? sandbox?.stack.api.url ?? '',
    },
  };
  if (sandbox) new Sandbox(sandbox.stack, 'Sandbox', deployment, { books: sandbox.books, api: sandbox.stack.api });
  deployInOrder([
    ...(settings.minimal ? [] : [new AccountStack(app, 'Account')]),
    data,
    ...(sandbox ? [sandbox.stack] : []),
    new OperationsStack(app, 'Operations', deployment),
    new InventoryStack(app, 'Inventory', deployment),
    new CommerceStack(app, 'Commerce', deployment),
    new OrdersStack(app, 'Orders', deployment),
    // Last: it refers to the functions of all other stacks.
    new EdgeStack(app, 'Edge', deployment, sandbox && { books: sandbox.books, api: sandbox.stack.api }),
  ]);
  Tags.of(app).add('project', 'holdfast');
  Tags.of(app).add('stage', settings.stage);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}

/** Each stack is deployed after the one before it: names stand for references, so the CDK does not see all of them. */
function deployInOrder(stacks: readonly Stack[]): void {
  for (const [index, stack] of stacks.entries()) {
    const before = stacks[index - 1];
    if (before) stack.addStackDependency(before);
  }
}
