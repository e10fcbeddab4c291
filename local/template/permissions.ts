/** One statement of an IAM policy, its actions and resources as matchers. */
export interface Statement {
  readonly allows: boolean;
  readonly actions: readonly RegExp[];
  readonly resources: readonly RegExp[];
}

/** Statements of a resolved IAM policy document. Conditions are not evaluated: a statement with a condition counts. */
export function readStatements(document: unknown): Statement[] {
  const listed = (document as { Statement?: unknown } | undefined)?.Statement ?? [];
  return asList(listed).map((each) => {
    const { Effect, Action, Resource } = each as { Effect: string; Action?: unknown; Resource?: unknown };
    return {
      allows: Effect === 'Allow',
      actions: asList(Action ?? []).map((action) => wildcard(String(action), 'i')),
      resources: asList(Resource ?? '*').map((resource) => wildcard(String(resource), '')),
    };
  });
}

/** Whether the statements grant the action on the resource: one allows it and none denies it. */
export function isAllowed(statements: readonly Statement[], action: string, resourceArn: string): boolean {
  const matching = statements.filter(
    (statement) =>
      statement.actions.some((each) => each.test(action)) && statement.resources.some((each) => each.test(resourceArn)),
  );
  return matching.some((statement) => statement.allows) && matching.every((statement) => statement.allows);
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function wildcard(text: string, flags: string): RegExp {
  const source = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags);
}
