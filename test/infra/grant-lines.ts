import { discountKinds, gatewayRecordKinds, sandboxKinds, stockKinds } from '../../functions/shared/item-kinds.ts';
import { at, grants, list, type Statement, type Synthesized, type Value } from './synthesis.ts';

/**
 * The grants of each function of an app as text, one line for each action on a resource: `Inventory: PutItem of plan, shard`. The
 * function's own log group is left out.
 */
export function grantLines(app: Synthesized): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    [...grants(app)].map(([entryPoint, granted]) => [
      entryPoint,
      granted
        .filter(({ actions }) => !actions.every((action) => action.startsWith('logs:')))
        .flatMap((statement) => linesOf(app, statement))
        .sort(),
    ]),
  );
}

function linesOf(app: Synthesized, { effect, actions, resources, conditions }: Statement): string[] {
  if (effect !== 'Allow') throw new Error('a function has a statement that does not allow');
  const kinds = conditions === undefined ? '' : ` of ${kindsIn(conditions).join(', ')}`;
  return resources.flatMap((resource) =>
    actions.map((action) => `${nameOf(app, resource)}: ${action.replace(/^dynamodb:/, '')}${kinds}`),
  );
}

/** The names of the kinds whose prefixes a condition lists. */
function kindsIn(condition: Value): string[] {
  const patterns = list(at(condition, 'ForAllValues:StringLike', 'dynamodb:LeadingKeys')).map(String);
  const expected = {
    'ForAllValues:StringLike': {
      'dynamodb:LeadingKeys': at(condition, 'ForAllValues:StringLike', 'dynamodb:LeadingKeys'),
    },
  };
  if (JSON.stringify(condition) !== JSON.stringify(expected))
    throw new Error(`unknown condition ${JSON.stringify(condition)}`);
  return patterns.map(kindOf).sort();
}

const prefixes = { ...discountKinds, ...stockKinds, ...gatewayRecordKinds, ...sandboxKinds };

/** The kind of the items whose keys begin with this prefix, which a pattern may follow with `*`. */
export function kindOf(pattern: string): string {
  const kind = Object.entries(prefixes).find(([, prefix]) => pattern === prefix || pattern === `${prefix}*`)?.[0];
  if (kind === undefined) throw new Error(`no kind of item has the keys ${pattern}`);
  return kind;
}

/** `OrderViews`, `OrderViews/byDue`, `Orders stream`: the construct's id, with what the resource is of it. */
function nameOf(app: Synthesized, resource: Value): string {
  const text = JSON.stringify(resource);
  const id = (app.target(resource).name.split('.')[1] ?? '').replace(/[0-9A-F]{8}$/, '');
  const index = /\/index\/(\w+)/.exec(text)?.[1];
  if (index !== undefined) return `${id}/${index}`;
  return text.includes('StreamArn') ? `${id} stream` : id;
}
