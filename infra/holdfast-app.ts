import { App, Tags, Validations } from 'aws-cdk-lib/core';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import { type Bundle, bundleFunctions } from './bundle.ts';
import { readSettings } from './settings.ts';
import { DataStack } from './stacks/data-stack.ts';
import { ServicesStack } from './stacks/services-stack.ts';

export interface AppProps {
  /** Where the templates and the functions' code go. */
  readonly outdir: string;
  /** Settings as `-c key=value` would give them; the CLI's own win. */
  readonly context?: Readonly<Record<string, string>>;
  /** The functions' code, when it is bundled already. */
  readonly bundle?: Bundle;
}

/** What a new CDK app starts with, whether the CLI runs it or not. */
const flags = {
  ...recommendedFlags,
  // Findings of the CDK's own template checks end the synthesis.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // Plain exports and imports, which every deployment engine understands.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
} as const;

/**
 * The whole app, ready to be synthesized. Synthesis ends with an error on any finding of cdk-nag or of the CDK's own checks.
 *
 * @throws SettingError for a setting that is not allowed.
 */
export function createApp({ outdir, context = {}, bundle }: AppProps): App {
  const app = new App({ outdir, analyticsReporting: false, context: { ...flags, ...context } });
  const settings = readSettings(app.node);
  const data = new DataStack(app, 'Data', settings);
  new ServicesStack(app, 'Services', { settings, bundle: bundle ?? bundleFunctions(), data });
  Tags.of(app).add('project', 'holdfast');
  Tags.of(app).add('stage', settings.stage);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
