import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const repositoryRoot = join(import.meta.dirname, '..');

const functionsRoot = join(repositoryRoot, 'functions');

/** Not a capability: the shapes that all handlers share. */
const shared = 'shared';

/**
 * Every `<capability>/<verb-noun>` under `functions/`, sorted. A file directly in a capability's folder is an entry
 * point, except the `index.ts` by which other capabilities import it; deeper files (domain, adapters) are none.
 */
export function entryPoints(): readonly string[] {
  return directories(functionsRoot)
    .filter((capability) => capability !== shared)
    .flatMap((capability) =>
      readdirSync(join(functionsRoot, capability), { withFileTypes: true })
        .filter((file) => file.isFile() && file.name.endsWith('.ts') && file.name !== 'index.ts')
        .map((file) => `${capability}/${file.name.slice(0, -'.ts'.length)}`),
    )
    .sort();
}

/** `place-order` -> `PlaceOrder`: how an entry point, its construct, its metric and its saga step are all called. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function directories(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
