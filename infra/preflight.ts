import './node-version.ts';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { repositoryRoot } from './entry-points.ts';
import { appFacts } from './preflight/app-facts.ts';
import { inspect, type Released } from './preflight/rules.ts';
import type { Stage } from './settings.ts';

const usage = `npm run preflight -- [options]

Compares the templates of a stage with those of its last release and says what CloudFormation or a service would refuse, and
what changes without being refused. Needs no account. Exits with 1 when something would be refused.

  --stage STAGE    dev or prod (default: prod)
  --record         after a deployment: makes the templates of now the last release (stages/<stage>.released.json)
  --help           this text
`;

function main(): boolean {
  const { values } = parseArgs({
    options: {
      stage: { type: 'string', default: 'prod' },
      record: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return true;
  }
  if (values.stage !== 'dev' && values.stage !== 'prod')
    throw new Error(`--stage ${values.stage}: must be dev or prod`);
  const stage: Stage = values.stage;
  const path = `stages/${stage}.released.json`;
  const file = join(repositoryRoot, path);
  const next = appFacts(stage);
  if (values.record) {
    writeFileSync(file, `${JSON.stringify(next)}\n`);
    console.log(`${path} is now what is deployed.`);
    return true;
  }
  const released = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Released) : undefined;
  const findings = inspect(next, released);
  for (const { kind, rule, where, what } of findings) console.log(`${kind}  ${rule}  ${where} ${what}`);
  const refusals = findings.filter(({ kind }) => kind === 'refused').length;
  const sizes = Object.entries(next.stacks).map(
    ([stack, { resources }]) => `${stack} ${Object.keys(resources).length}`,
  );
  console.log(`${stage}: resources: ${sizes.join(', ')}`);
  console.log(
    `${refusals} refused, ${findings.length - refusals} notices, compared with ${released ? path : 'no release'}`,
  );
  return refusals === 0;
}

try {
  process.exitCode = main() ? 0 : 1;
} catch (error) {
  console.error(`preflight: ${(error as Error).message}`);
  process.exitCode = 2;
}
