import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { allEvents, retiredEvents } from '../../events/catalog.ts';

const folder = join(import.meta.dirname, 'schemas');
const versions = [...allEvents, ...retiredEvents].map((each) => [`${each.type}.v${each.version}`, each] as const);

/**
 * The released schema of each version of an event. A test that fails here shows that a schema was changed:
 *
 * - A field was added that writers may leave out. Readers accept it; commit the new file (`vitest -u`) with the change.
 * - Anything else needs a new version: `events/<capability>/<event>.v<n+1>.ts` and a conversion in `events/upcast.ts`.
 */
describe('the released schema of an event', () => {
  it.each(versions)('%s is the schema in the catalog', async (name, { data }) => {
    await expect(`${JSON.stringify(z.toJSONSchema(data), null, 2)}\n`).toMatchFileSnapshot(
      join(folder, `${name}.json`),
    );
  });

  it('is kept for every version, also after another one has replaced it', () => {
    expect(readdirSync(folder).sort()).toEqual(versions.map(([name]) => `${name}.json`).sort());
  });
});
