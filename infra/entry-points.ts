import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const repositoryRoot = join(import.meta.dirname, '..');

const functionsRoot = join(repositoryRoot, 'functions');

/** The folder of the code that capabilities share. It is no capability. */
const shared = 'shared';
const publicInterface = 'index.ts';

/**
 * Every `<capability>/<verb-noun>` under `functions/`, sorted. A file directly in a capability's folder is an entry
 * point, except `index.ts`, which lists what other capabilities may import. Files in deeper folders are no entry points.
 */
export function entryPoints(): readonly string[] {
  return directories(functionsRoot)
    .filter((capability) => capability !== shared)
    .flatMap((capability) =>
      readdirSync(join(functionsRoot, capability), { withFileTypes: true })
        .filter((file) => file.isFile() && file.name.endsWith('.ts') && file.name !== publicInterface)
        .map((file) => `${capability}/${file.name.slice(0, -'.ts'.length)}`),
    )
    .sort();
}

/** `place-order` -> `PlaceOrder`: the name of an entry point's construct, its metric and its saga step. */
export function pascalCase(name: string): string {
  return name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function directories(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}
