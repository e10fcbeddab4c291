import { afterEach, expect, test, vi } from 'vitest';
import { Tokens } from '../../local/http/tokens.ts';

const AUTHORIZER = { issuer: 'https://issuer', audience: ['client'] };

afterEach(() => {
  vi.useRealTimers();
});

async function verifies(authorizer: typeof AUTHORIZER, afterMs = 0): Promise<boolean[]> {
  const tokens = await Tokens.open(undefined);
  const token = `Bearer ${await tokens.issue({ sub: 'alice', groups: ['staff'] }, AUTHORIZER)}`;
  // The second time it is remembered, and must be judged as strictly.
  if (afterMs === 0) return [await verify(), await verify()];
  const before = await verify();
  vi.useFakeTimers({ now: Date.now() + afterMs, toFake: ['Date'] });
  return [before, await verify()];

  async function verify() {
    return (await tokens.verify(token, authorizer)) !== undefined;
  }
}

test('a token is good for its issuer and audience', async () => {
  expect(await verifies(AUTHORIZER)).toEqual([true, true]);
});

test('a token of another issuer is not', async () => {
  expect(await verifies({ ...AUTHORIZER, issuer: 'https://other' })).toEqual([false, false]);
});

test('a token for another client is not', async () => {
  expect(await verifies({ ...AUTHORIZER, audience: ['other'] })).toEqual([false, false]);
});

test('a token is good until it expires, even when it was verified before', async () => {
  expect(await verifies(AUTHORIZER, 13 * 3_600_000)).toEqual([true, false]);
});
