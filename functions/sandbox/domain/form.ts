/** A decoded form: text, lists and nested fields. */
export interface Form {
  readonly [name: string]: FormValue;
}
export type FormValue = string | Form | readonly FormValue[];

/** Parameters that one request may have. */
const maxParameters = 500;
const maxDepth = 5;

/** Names that would reach the prototype of an object. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

interface Branch {
  [name: string]: string | Branch;
}

/**
 * Decodes the body format of Stripe's API: `application/x-www-form-urlencoded` with nested names, such as
 * `metadata[order_id]=x` and `expand[0]=y`. Later values of a name replace earlier ones. Parameters beyond the limit, too
 * deep or with a forbidden name are ignored.
 */
export function decodeForm(body: string): Form {
  const root: Branch = {};
  for (const [name, value] of [...new URLSearchParams(body)].slice(0, maxParameters)) {
    const path = [name.replace(/\[.*$/, ''), ...[...name.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')];
    if (path.length <= maxDepth && !path.some((part) => forbidden.has(part))) plant(root, path, value);
  }
  return asForm(root);
}

function plant(branch: Branch, [first = '', ...rest]: readonly string[], value: string): void {
  const name = first === '' ? String(Object.keys(branch).length) : first;
  if (rest.length === 0) {
    branch[name] = value;
    return;
  }
  const next = branch[name];
  const child: Branch = typeof next === 'object' ? next : {};
  branch[name] = child;
  plant(child, rest, value);
}

function asForm(branch: Branch): Form {
  return Object.fromEntries(Object.entries(branch).map(([name, value]) => [name, asValue(value)]));
}

function asValue(value: string | Branch): FormValue {
  if (typeof value === 'string') return value;
  const names = Object.keys(value);
  const isList = names.length > 0 && names.every((name, index) => name === String(index));
  return isList ? Object.values(value).map(asValue) : asForm(value);
}

/** The text of a field, or undefined when it is missing or has parts. */
export function textOf(form: Form | undefined, name: string): string | undefined {
  const value = form?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** The parts of a field, or undefined when it is missing, a text or a list. */
export function partsOf(form: Form | undefined, name: string): Form | undefined {
  const value = form?.[name];
  return typeof value === 'object' && !Array.isArray(value) ? (value as Form) : undefined;
}
