import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** A compiled event pattern: whether it matches an event. */
export type Pattern = (event: unknown) => boolean;

type Test = (leaf: unknown) => boolean;
type Json = Record<string, unknown>;

/**
 * Compiles an EventBridge event pattern; the filter criteria of Lambda's event sources are written in the same language.
 * Throws on what EventBridge would refuse: an unknown operator, a leaf that is not a list.
 *
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function compilePattern(source: string | object): Pattern {
  return compileObject((typeof source === 'string' ? JSON.parse(source) : source) as Json);
}

function compileObject(pattern: Json): Pattern {
  if (Array.isArray(pattern) || typeof pattern !== 'object' || pattern === null) throw invalid(pattern);
  const parts = Object.entries(pattern).map(([key, value]) =>
    key === '$or' ? compileOr(value) : compileKey(key, value),
  );
  return (event) => parts.every((part) => part(event));
}

function compileOr(value: unknown): Pattern {
  if (!Array.isArray(value) || value.length === 0) throw invalid(value);
  const alternatives = value.map((each) => compileObject(each as Json));
  return (event) => alternatives.some((alternative) => alternative(event));
}

function compileKey(key: string, value: unknown): Pattern {
  if (!Array.isArray(value)) {
    const nested = compileObject(value as Json);
    return (event) => {
      const child = (event as Json | undefined)?.[key];
      // A list of objects matches when one of them matches the whole nested pattern.
      return Array.isArray(child) ? child.some(nested) : nested(child);
    };
  }
  if (value.length === 0) throw invalid(value);
  const tests = value.filter((each) => !isExists(each)).map(compileLeaf);
  const existence = value.filter(isExists).map(({ exists }) => exists);
  return (event) => {
    const leaves = leavesOf((event as Json | null | undefined)?.[key]);
    return existence.includes(leaves.length > 0) || leaves.some((leaf) => tests.some((test) => test(leaf)));
  };
}

/** The scalar values under a key: a list matches when any of its elements does; objects are not leaves. */
function leavesOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return typeof value === 'object' && value !== null ? [] : [value];
}

function isExists(matcher: unknown): matcher is { exists: boolean } {
  return typeof (matcher as { exists?: unknown } | null)?.exists === 'boolean';
}

function compileLeaf(matcher: unknown): Test {
  if (matcher === null || typeof matcher !== 'object') return (leaf) => leaf === matcher;
  const [entry, ...others] = Object.entries(matcher);
  if (!entry || others.length > 0) throw invalid(matcher);
  const [operator, operand] = entry;
  switch (operator) {
    case 'prefix':
    case 'suffix':
    case 'equals-ignore-case':
    case 'wildcard':
      return compileText(operator, operand);
    case 'anything-but':
      return compileAnythingBut(operand);
    case 'numeric':
      return compileNumeric(operand);
    case 'cidr':
      return compileCidr(operand);
    default:
      throw invalid(matcher);
  }
}

function compileText(operator: string, operand: unknown): Test {
  const folded = (operand as Json | null)?.['equals-ignore-case'];
  const ignoresCase = operator === 'equals-ignore-case' || typeof folded === 'string';
  const given = typeof folded === 'string' ? folded : operand;
  if (typeof given !== 'string') throw invalid({ [operator]: operand });
  const wanted = ignoresCase ? given.toLowerCase() : given;
  const expression = operator === 'wildcard' ? wildcardExpression(wanted) : undefined;
  return (leaf) => {
    if (typeof leaf !== 'string') return false;
    if (expression) return expression.test(leaf);
    const text = ignoresCase ? leaf.toLowerCase() : leaf;
    if (operator === 'prefix') return text.startsWith(wanted);
    return operator === 'suffix' ? text.endsWith(wanted) : text === wanted;
  };
}

/** `*` is any run of characters, `\*` an asterisk, `\\` a backslash; as in AWS, two `*` in a row are refused. */
function wildcardExpression(text: string): RegExp {
  const parts = text.match(/\\[*\\]|./gs) ?? [];
  if (parts.some((part, index) => part === '*' && parts[index + 1] === '*')) throw invalid({ wildcard: text });
  const source = parts.map((part) => {
    if (part === '*') return '.*';
    return (part.length === 2 ? part.slice(1) : part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`, 's');
}

function compileAnythingBut(operand: unknown): Test {
  const list = (value: unknown) => (Array.isArray(value) ? value : [value]);
  let tests: Test[];
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand)) {
    const [entry, ...others] = Object.entries(operand);
    if (!entry || others.length > 0 || !['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(entry[0])) {
      throw invalid({ 'anything-but': operand });
    }
    tests = list(entry[1]).map((each) => compileText(entry[0], each));
  } else {
    tests = list(operand).map((each) => {
      if (typeof each === 'object' && each !== null) throw invalid({ 'anything-but': operand });
      return (leaf) => leaf === each;
    });
  }
  return (leaf) => !tests.some((test) => test(leaf));
}

const COMPARISONS: Record<string, (left: number, right: number) => boolean> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

function compileNumeric(operand: unknown): Test {
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4)) throw invalid({ numeric: operand });
  const tests: ((leaf: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = COMPARISONS[operand[index]];
    const bound = operand[index + 1];
    if (!compare || typeof bound !== 'number') throw invalid({ numeric: operand });
    tests.push((leaf) => compare(leaf, bound));
  }
  return (leaf) => typeof leaf === 'number' && tests.every((test) => test(leaf));
}

function compileCidr(operand: unknown): Test {
  const [address = '', prefix = ''] = String(operand).split('/');
  const family = isIPv4(address) ? 'ipv4' : 'ipv6';
  if ((family === 'ipv6' && !isIPv6(address)) || !/^\d+$/.test(prefix)) throw invalid({ cidr: operand });
  const block = new BlockList();
  block.addSubnet(address, Number(prefix), family);
  return (leaf) => {
    if (typeof leaf !== 'string') return false;
    return family === 'ipv4' ? isIPv4(leaf) && block.check(leaf) : isIPv6(leaf) && block.check(leaf, 'ipv6');
  };
}

function invalid(part: unknown): Error {
  return new Error(`event pattern is not valid: ${JSON.stringify(part)}`);
}
