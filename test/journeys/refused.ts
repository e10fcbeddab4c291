import { expect } from 'vitest';
import { routes } from '../../api/routes.ts';
import type { Local } from '../../local/index.ts';
import type { Answer, Problem, Shop } from '../support/orders.ts';

export interface Attempt {
  readonly as?: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Refused {
  readonly status: number;
  readonly code: string;
  /** The path of the field at fault; undefined where the code is sufficient. */
  readonly field?: string | undefined;
}

/** Text that an answer must never contain: paths of the code, names of libraries, internal names. */
const internal =
  /\bat \S+ \(|\.m?[jt]s\b|node_modules|node:|[a-z]Error\b|Exception|arn:aws|DynamoDB|holdfast|Zod|lambda/i;

/**
 * Sends the request and expects a problem document that names the field, a status that the contract lists for the route,
 * and no write to any table.
 */
export async function expectRefused(
  { local, shop }: { readonly local: Local; readonly shop: Shop },
  { as = 'alice', method, path, body, headers = {} }: Attempt,
  { status, code, field }: Refused,
): Promise<Answer<Problem>> {
  local.resetMeter();
  const answer = await shop.ask<Problem>(as, method, path, body, headers);
  expect({ status: answer.status, code: answer.body?.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(Object.keys(answer.body).filter((key) => !problemFields.has(key))).toEqual([]);
  expect(answer.body).toMatchObject({
    type: 'about:blank',
    title: expect.any(String),
    status,
    detail: expect.any(String),
  });
  if (field !== undefined) expect(answer.body.errors?.map((error) => error.path)).toContain(field);
  for (const error of answer.body.errors ?? []) expect(error.message.length).toBeGreaterThan(3);
  expect(answer.text).not.toMatch(internal);
  expect(answer.text.length).toBeLessThan(10_000);
  expect(writesTo(local)).toEqual({});
  expect(contractStatuses(method, path)).toContain(status);
  return answer;
}

const problemFields = new Set(['type', 'title', 'status', 'code', 'detail', 'errors']);

/** Write units since the meter was reset, by table; tables without any are left out. */
export function writesTo(local: Local): Record<string, number> {
  const written = Object.entries(local.meter().tables).filter(([, { writeUnits }]) => writeUnits > 0);
  return Object.fromEntries(written.map(([table, { writeUnits }]) => [table, writeUnits]));
}

let served: Record<string, Record<string, { responses: Record<string, unknown> }>> = {};

/** Reads the contract of the instance; the statuses of later refusals are compared with it. */
export async function readContract(shop: Shop): Promise<void> {
  const document = await shop.must<{ paths: typeof served }>('', 'GET', '/openapi.json');
  served = document.paths;
}

function contractStatuses(method: string, path: string): number[] {
  const segments = path.split('?')[0]?.split('/') ?? [];
  const route = routes.find((each) => {
    const pattern = each.path.split('/');
    const fits = pattern.every((part, index) => part.startsWith('{') || part === segments[index]);
    return each.method === method && pattern.length === segments.length && fits;
  });
  const responses = served[route?.path ?? '']?.[method.toLowerCase()]?.responses ?? {};
  return Object.keys(responses).map(Number);
}
