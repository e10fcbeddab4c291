import { App, Tags, Validations } from 'aws-cdk-lib/core';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import { type Bundle, bundleFunctions } from './bundle.ts';
import { readSettings } from './settings.ts';
import { DataStack } from './stacks/data-stack.ts';
import { ServicesStack } from './stacks/services-stack.ts';

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
  new ServicesStack(app, 'Services', { settings, bundle: bundle ?? bundleFunctions(), data });
  Tags.of(app).add('project', 'holdfast');
  Tags.of(app).add('stage', settings.stage);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return app;
}
