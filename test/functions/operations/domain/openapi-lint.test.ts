import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';
import { afterAll, describe, expect, it } from 'vitest';
import { routes } from '../../../../api/routes.ts';
import { openapiDocument } from '../../../../functions/operations/domain/openapi.ts';

const root = join(import.meta.dirname, '../../../..');
// The types of the two packages differ in how exact they are about optional fields.
const rulesForOpenapi = spectralRulesets.oas as object as RulesetDefinition;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-openapi-'));
const text = JSON.stringify(openapiDocument(routes));

/** The document with an operation that has no answers, which both linters must refuse. */
const broken = JSON.stringify({ ...JSON.parse(text), paths: { '/broken': { get: { operationId: 'broken' } } } });

afterAll(() => rmSync(folder, { recursive: true }));

/** Every problem that Redocly's strict rules find. The CLI asks for no update and reports nothing. */
function lintedByRedocly(document: string): string[] {
  const file = join(folder, 'openapi.json');
  writeFileSync(file, document);
  const cli = join(root, 'node_modules/@redocly/cli/bin/cli.js');
  const { stdout } = spawnSync(
    process.execPath,
    [cli, 'lint', file, '--extends', 'recommended-strict', '--format', 'json', '--max-problems', '1000'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    },
  );
  const { problems } = JSON.parse(stdout) as { problems: { ruleId: string; message: string; location: unknown[] }[] };
  return problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${JSON.stringify(location[0])}`);
}

/** Every problem, warnings too, that Spectral's rules for OpenAPI find. */
async function lintedBySpectral(document: string): Promise<string[]> {
  const spectral = new spectralCore.Spectral();
  // The project is deployed by each of its users and has no contact of its own.
  spectral.setRuleset({ extends: [[rulesForOpenapi, 'recommended']], rules: { 'info-contact': 'off' } });
  const problems = await spectral.run(document);
  return problems.map(({ code, message, path }) => `${code}: ${message} ${path.join('/')}`);
}

describe('the OpenAPI document under linters', () => {
  it('has no problem by the rules of Redocly', () => {
    expect(lintedByRedocly(text)).toEqual([]);
    expect(lintedByRedocly(broken)).not.toEqual([]);
  });

  it('has no problem by the rules of Spectral', async () => {
    expect(await lintedBySpectral(text)).toEqual([]);
    expect(await lintedBySpectral(broken)).not.toEqual([]);
  });

  it('is linted by packages that run nothing when they are installed', () => {
    const { allowScripts, scarfSettings } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    // Spectral depends on a package whose install script reports the installation to its maker.
    expect(allowScripts['@scarf/scarf']).toBe(false);
    expect(scarfSettings).toEqual({ enabled: false });
  });
});
