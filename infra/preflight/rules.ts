import type { AppFacts, ResourceFacts, StackFacts } from './template-facts.ts';

/** Something that a deployment would trip over, or that the person who deploys has to know. */
export interface Finding {
  readonly rule: string;
  readonly kind: 'refused' | 'notice';
  /** `<stack>` or `<stack>/<logical id>`. */
  readonly where: string;
  readonly what: string;
}

/** What is deployed, as far as it is known: nothing before the first release. */
export type Released = AppFacts | undefined;

type Rule = (next: AppFacts, released: AppFacts) => readonly Omit<Finding, 'rule'>[];

/** CloudFormation allows 500 resources. The rest is room for what a stack gets until it is split. */
const mostResources = 300;
/** Lambda takes 4,096 bytes of environment variables and adds some of its own. */
const mostEnvironmentBytes = 3_500;
const nothing: AppFacts = { settings: {}, stacks: {} };
const noStack: StackFacts = { resources: {}, exports: [], imports: [] };

const rules: Readonly<Record<string, Rule>> = {
  'stack-size': (next) =>
    Object.entries(next.stacks)
      .filter(([, { resources }]) => Object.keys(resources).length > mostResources)
      .map(([where, { resources }]) =>
        refused(where, `has ${Object.keys(resources).length} resources; more than ${mostResources} leave no room`),
      ),

  'environment-size': (next) =>
    resourcesOf(next)
      .filter(({ facts }) => (facts.environmentBytes ?? 0) > mostEnvironmentBytes)
      .map(({ where, facts }) =>
        refused(where, `its variables have about ${facts.environmentBytes} bytes; Lambda takes 4,096`),
      ),

  // CloudFormation creates the resource with the new logical id before it deletes the one with the old id.
  'name-taken': (next, released) => {
    const owners = new Map(
      resourcesOf(released).flatMap(({ facts, where }) => (facts.name ? [[key(facts), where]] : [])),
    );
    return resourcesOf(next).flatMap(({ facts, where }) => {
      const owner = facts.name === undefined ? undefined : owners.get(key(facts));
      return owner === undefined || owner === where
        ? []
        : [refused(where, `is called ${facts.name}, which ${owner} still has when this one is created`)];
    });
  },

  'name-twice': (next) => {
    const seen = new Map<string, string>();
    return resourcesOf(next).flatMap(({ facts, where }) => {
      if (facts.name === undefined) return [];
      const other = seen.get(key(facts));
      seen.set(key(facts), where);
      return other === undefined ? [] : [refused(where, `is called ${facts.name}, as ${other} is`)];
    });
  },

  // Stacks are deployed in their order: a consumer that comes later still has its released form.
  'export-in-use': (next, released) =>
    Object.entries(released.stacks).flatMap(([stack, before]) => {
      const kept = new Set((next.stacks[stack] ?? noStack).exports);
      return before.exports
        .filter((name) => !kept.has(name))
        .flatMap((name) =>
          Object.entries(released.stacks)
            .filter(([, consumer]) => consumer.imports.includes(name))
            .map(([consumer]) =>
              refused(stack, `no longer exports ${name}, which the deployed stack ${consumer} imports`),
            ),
        );
    }),

  'table-replaced': (next, released) =>
    pairs(next, released)
      .filter(({ before, after }) => before.keys !== undefined && before.keys !== after.keys)
      .map(({ where, before, after }) =>
        refused(where, `other keys (${after.keys}) than before (${before.keys}) make a new, empty table`),
      ),

  'one-index-at-a-time': (next, released) =>
    pairs(next, released).flatMap(({ where, before, after }) => {
      const changed = changedIndexes(before.indexes, after.indexes);
      return changed.length <= 1
        ? []
        : [
            refused(
              where,
              `changes ${changed.length} indexes (${changed.join(', ')}); DynamoDB takes one a deployment`,
            ),
          ];
    }),

  'warm-throughput-grows': (next, released) =>
    pairs(next, released)
      .filter(({ before, after }) => (before.warmWrites ?? 0) > (after.warmWrites ?? 0))
      .map(({ where, before, after }) =>
        refused(where, `asks for ${after.warmWrites ?? 'no'} warm writes after ${before.warmWrites}; it only grows`),
      ),

  'machine-type': (next, released) =>
    pairs(next, released)
      .filter(({ before, after }) => before.machineType !== after.machineType && before.name === after.name)
      .map(({ where, before, after }) =>
        refused(where, `changes from ${before.machineType} to ${after.machineType} under the same name`),
      ),

  'throttled-routes-exist': (next) =>
    Object.entries(next.stacks).flatMap(([stack, { resources }]) => {
      const routes = Object.entries(resources).filter(([, facts]) => facts.routeKey !== undefined);
      const ids = new Map(routes.map(([id, facts]) => [facts.routeKey, id]));
      return Object.entries(resources).flatMap(([id, { throttledRoutes = [], dependsOn = [] }]) =>
        throttledRoutes.flatMap((route) => {
          const routeId = ids.get(route);
          if (routeId === undefined) return [refused(`${stack}/${id}`, `throttles ${route}, which is no route`)];
          return dependsOn.includes(routeId) ? [] : [refused(`${stack}/${id}`, `does not wait for its route ${route}`)];
        }),
      );
    }),

  'throttle-of-removed-route': (next, released) =>
    pairs(next, released).flatMap(({ where, before, after }) =>
      (before.throttledRoutes ?? [])
        .filter((route) => !(after.throttledRoutes ?? []).includes(route))
        .map((route) =>
          notice(where, `no longer throttles ${route}: remove the throttle first and the route in the next deployment`),
        ),
    ),

  'archive-outlives-bus': (next) =>
    Object.entries(next.stacks).flatMap(([stack, { resources }]) =>
      Object.entries(resources)
        .filter(([, { bus, retained }]) => bus !== undefined && retained && !resources[bus]?.retained)
        .map(([id, { bus }]) =>
          refused(`${stack}/${id}`, `is retained on the bus ${bus}, which cannot be deleted then`),
        ),
    ),

  'alarm-at-first-deployment': (next) =>
    resourcesOf(next)
      .filter(({ facts }) => facts.missingData === 'breaching')
      .map(({ where }) => refused(where, 'raises an alarm at the first deployment, when there are no data yet')),

  'data-left-behind': (next, released) =>
    resourcesOf(released)
      .filter(({ facts, stack, id }) => facts.retained && next.stacks[stack]?.resources[id] === undefined)
      .map(({ where }) =>
        notice(where, 'is no longer part of the app; it stays in the account and has to be deleted by hand'),
      ),

  'settings-changed': (next, released) => {
    const names = new Set([...Object.keys(released.settings), ...Object.keys(next.settings)]);
    return [...names].sort().flatMap((name) => {
      const [before, after] = [released.settings[name], next.settings[name]].map(
        (each) => JSON.stringify(each) ?? 'unset',
      );
      return before === after || released === nothing ? [] : [notice('settings', `${name}: ${before} -> ${after}`)];
    });
  },
};

export const ruleNames: readonly string[] = Object.keys(rules);

/** What would be wrong with deploying `next` over `released`, by all rules. */
export function inspect(next: AppFacts, released: Released): readonly Finding[] {
  return Object.entries(rules).flatMap(([rule, check]) =>
    check(next, released ?? nothing).map((finding) => ({ rule, ...finding })),
  );
}

const refused = (where: string, what: string) => ({ kind: 'refused' as const, where, what });
const notice = (where: string, what: string) => ({ kind: 'notice' as const, where, what });

/** Names are unique for a type. */
const key = ({ type, name }: ResourceFacts) => `${type} ${name}`;

interface Placed {
  readonly stack: string;
  readonly id: string;
  readonly where: string;
  readonly facts: ResourceFacts;
}

function resourcesOf({ stacks }: AppFacts): readonly Placed[] {
  return Object.entries(stacks).flatMap(([stack, { resources }]) =>
    Object.entries(resources).map(([id, facts]) => ({ stack, id, where: `${stack}/${id}`, facts })),
  );
}

/** The resources that are in both. */
function pairs(next: AppFacts, released: AppFacts) {
  return resourcesOf(next).flatMap(({ stack, id, where, facts }) => {
    const before = released.stacks[stack]?.resources[id];
    return before === undefined || before.type !== facts.type ? [] : [{ where, before, after: facts }];
  });
}

function changedIndexes(
  before: ResourceFacts['indexes'] = {},
  after: ResourceFacts['indexes'] = {},
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]).sort();
}
