import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entryPoints, pascalCase } from '../../infra/entry-points.ts';
import { kindOf } from './grant-lines.ts';
import { grantTable, seldomUsed } from './grant-table.ts';

/** A grant by its function, resource and either an action or a kind of item that is read or written. */
type Grant = string;

const reads = new Set(['GetItem', 'BatchGetItem', 'Query']);

/**
 * The grants of the table that no recorded call has used. A grant on several kinds of items counts by kind and not by kind and
 * action, because the actions of a transaction are granted on the kinds of all its items.
 *
 * @param directory where the local runner has recorded the uses (test/support/start-local.ts).
 */
export function unusedGrants(directory: string): readonly Grant[] {
  const used = new Set(
    readdirSync(directory).flatMap((file) =>
      readFileSync(join(directory, file), 'utf8').trimEnd().split('\n').flatMap(usesIn),
    ),
  );
  const granted = Object.entries(grantTable).flatMap(([entryPoint, lines]) =>
    lines.filter(isOwnCall).flatMap((line) => grantsIn(entryPoint, line)),
  );
  return [...new Set(granted)].filter((grant) => !used.has(grant) && seldomUsed[grant] === undefined).sort();
}

/** Whether the function itself makes such calls, and not Lambda on its behalf. */
function isOwnCall(line: string): boolean {
  return !line.includes(' stream: ') && !line.includes(': sqs:');
}

function grantsIn(entryPoint: string, line: string): Grant[] {
  const [resource = '', rest = ''] = line.split(': ');
  const [action = '', kinds] = rest.split(' of ');
  return expanded(entryPoint, resource, action, kinds?.split(', ') ?? []);
}

function expanded(entryPoint: string, resource: string, action: string, kinds: readonly string[]): Grant[] {
  const access = reads.has(action) ? 'read' : 'write';
  return [
    `${entryPoint} ${resource}: ${action}`,
    ...kinds.map((kind) => `${entryPoint} ${resource}: ${access} ${kind}`),
  ];
}

const withKinds = ['Inventory', 'Discounts', 'GatewayRecords', 'Sandbox'];

function usesIn(text: string): Grant[] {
  const [caller = '', action = '', arn = '', prefix = ''] = text.split('\t');
  const entryPoint = entryPoints().find((each) => pascalCase(each.split('/')[1] ?? '') === caller) ?? caller;
  const resource = resourceOf(arn);
  const kinds = withKinds.includes(resource) && prefix !== '' ? [kindOf(prefix)] : [];
  return expanded(entryPoint, resource, action.replace(/^dynamodb:/, ''), kinds);
}

/** The resource as the table names it, from the last parts of its local ARN. */
function resourceOf(arn: string): string {
  const [type = '', name = ''] = arn.split(/[:/]/);
  const index = arn.split('/index/')[1];
  if (type === 'table') return index === undefined ? name : `${name}/${index}`;
  if (type === 'event-bus') return 'Bus';
  if (type === 'secret') return name;
  const saga = /-((?:order|dispatch|cancellation)-saga)/.exec(name)?.[1] ?? '';
  return type === 'stateMachine' ? `Fulfillment${pascalCase(saga)}StateMachine` : arn;
}
