/** One statement of an IAM policy, its actions and resources as matchers. */
export interface Statement {
  readonly allows: boolean;
  readonly actions: readonly RegExp[];
  readonly resources: readonly RegExp[];
  /** Present: the statement applies only if each partition key that the call names matches one of these. */
  readonly leadingKeys?: readonly RegExp[];
}

/**
 * The partition keys that a call names: the context key `dynamodb:LeadingKeys`. A call that names none (a scan) satisfies
 * `ForAllValues`, as in IAM.
 */
export type LeadingKeys = () => readonly string[];

const noKeys: LeadingKeys = () => [];

/**
 * Statements of a resolved IAM policy document.
 *
 * @throws Error for a condition other than `ForAllValues:StringLike` on `dynamodb:LeadingKeys`
 */
export function readStatements(document: unknown): Statement[] {
  const listed = (document as { Statement?: unknown } | undefined)?.Statement ?? [];
  return asList(listed).map((each) => {
    const { Effect, Action, Resource, Condition } = each as Record<string, unknown>;
    const leadingKeys = Condition === undefined ? undefined : leadingKeysIn(Condition);
    return {
      allows: Effect === 'Allow',
      actions: asList(Action ?? []).map((action) => wildcard(String(action), 'i')),
      resources: asList(Resource ?? '*').map((resource) => wildcard(String(resource), '')),
      ...(leadingKeys && { leadingKeys }),
    };
  });
}

function leadingKeysIn(condition: unknown): RegExp[] {
  const operators = Object.entries(condition as Record<string, Record<string, unknown>>);
  const [operator = '', keys = {}] = operators[0] ?? [];
  const [key = '', patterns] = Object.entries(keys)[0] ?? [];
  const isSupported =
    operators.length === 1 &&
    Object.keys(keys).length === 1 &&
    operator === 'ForAllValues:StringLike' &&
    key === 'dynamodb:LeadingKeys';
  if (!isSupported) throw new Error(`the local runner does not evaluate the condition ${JSON.stringify(condition)}`);
  return asList(patterns).map((pattern) => wildcard(String(pattern), 's'));
}

/** Whether the statements grant the action on the resource: one allows it and none denies it. */
export function isAllowed(
  statements: readonly Statement[],
  action: string,
  resourceArn: string,
  leadingKeys: LeadingKeys = noKeys,
): boolean {
  return decide(statementsFor(statements, action, resourceArn), leadingKeys);
}

/** The statements that concern the action on the resource, before their conditions are evaluated. */
export function statementsFor(statements: readonly Statement[], action: string, resourceArn: string): Statement[] {
  return statements.filter(
    (statement) =>
      statement.actions.some((each) => each.test(action)) && statement.resources.some((each) => each.test(resourceArn)),
  );
}

/** Whether statements that concern a call grant it to these partition keys. */
export function decide(concerned: readonly Statement[], leadingKeys: LeadingKeys): boolean {
  const matching = concerned.filter(({ leadingKeys: patterns }) =>
    patterns === undefined ? true : leadingKeys().every((key) => patterns.some((pattern) => pattern.test(key))),
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
