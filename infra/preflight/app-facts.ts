import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib/core';
import { createApp } from '../holdfast-app.ts';
import { readSettings, type Stage } from '../settings.ts';
import { type AppFacts, factsOf, type Template } from './template-facts.ts';

/** The facts of the app as its stage's file describes it now, from templates that are synthesized for the purpose. */
export function appFacts(stage: Stage): AppFacts {
  const outdir = mkdtempSync(join(tmpdir(), 'holdfast-preflight-'));
  try {
    const context = { stage, 'aws:cdk:disable-asset-staging': 'true' };
    const { stacks } = createApp({ outdir, context }).synth();
    const templates = stacks.map(({ id, templateFullPath }) => [
      id,
      JSON.parse(readFileSync(templateFullPath, 'utf8')),
    ]);
    return {
      settings: { ...readSettings(new App({ context: { stage } }).node) },
      stacks: Object.fromEntries((templates as [string, Template][]).map(([id, template]) => [id, factsOf(template)])),
    };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
