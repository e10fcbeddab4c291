import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Source {
  /** The path from the root of the repository, with slashes: `functions/orders/place-order.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly imports: readonly Import[];
}

export interface Import {
  /** A path from the root for a file of the repository, else the name of a package: `zod/mini`, `node:crypto`. */
  readonly target: string;
  /** True for an import that is erased before the code runs. */
  readonly typeOnly: boolean;
  /** What is imported by name and is there when the code runs. */
  readonly names: readonly string[];
}

const notOurs = new Set(['node_modules', 'cdk.out', '.git', '.holdfast', 'coverage']);

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notOurs.has(entry.name) || entry.name.startsWith('cdk.out') ? [] : filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
}

/** The TypeScript files in these folders. */
export function sourcesIn(...folders: readonly string[]): Source[] {
  return folders
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap(filesUnder)
    .filter((file) => file.endsWith('.ts'))
    .map(readSource);
}

function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8');
  const lines = text.replace(/\n$/, '').split('\n');
  return { path: relative(root, file), text, lines, imports: importsOf(text, dirname(file)) };
}

const statement = /^(?:import|export)\s+(type\s+)?([^'";]*?\sfrom\s+)?'([^']+)'/gm;
const dynamicImport = /\bimport\(\s*'([^']+)'/g;

function importsOf(text: string, folder: string): Import[] {
  const resolve = (target: string) => (target.startsWith('.') ? relative(root, join(folder, target)) : target);
  return [
    ...[...text.matchAll(statement)].map(([, type, names = '', target = '']) => ({
      target: resolve(target),
      typeOnly: type !== undefined || onlyTypes(names),
      names: type === undefined ? valueNames(names) : [],
    })),
    ...[...text.matchAll(dynamicImport)].map(([, target = '']) => ({
      target: resolve(target),
      typeOnly: false,
      names: [],
    })),
  ];
}

/** `{ a, type B, c as d } from` -> a, c. */
function valueNames(names: string): string[] {
  const inside = /\{([^}]*)\}/.exec(names)?.[1] ?? '';
  return inside
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(/\s+as\s+/)[0] ?? name);
}

/** `{ type A, type B } from`, which imports nothing at run time. */
function onlyTypes(names: string): boolean {
  const inside = /^\{([^}]*)\}\s*from\s+$/.exec(names.trim().concat(' '))?.[1];
  return inside?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false;
}

/** Source without comments, with the same line numbers. */
export function uncommented({ text }: Source): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

/** Source without comments and the contents of strings, so that words in them do not count as code. */
export function codeOf(source: Source): string {
  return uncommented(source).replace(/'(?:[^'\\\n]|\\.)*'/g, "''");
}

export type Layer = 'entry' | 'door' | 'domain' | 'commands' | 'adapters';

export interface Place {
  readonly capability: string;
  /** Only in a capability that has rooms. */
  readonly room?: string;
  readonly layer: string;
}

const layers = new Set(['domain', 'commands', 'adapters']);

/**
 * `functions/orders/domain/x.ts` -> orders, domain; `functions/inventory/ledger/domain/x.ts` -> inventory, ledger, domain.
 * The layer of a file directly in a capability's folder is `entry`, that of an `index.ts` is `door`.
 */
export function placeOf(path: string): Place | undefined {
  const [top, capability, ...rest] = path.split('/');
  const file = rest.at(-1);
  if (top !== 'functions' || capability === undefined || file === undefined) return undefined;
  const folders = rest.slice(0, -1);
  const room = capability !== 'shared' && folders[0] !== undefined && !layers.has(folders[0]) ? folders[0] : undefined;
  const [layer] = room === undefined ? folders : folders.slice(1);
  return {
    capability,
    ...(room !== undefined && { room }),
    layer: file === 'index.ts' ? 'door' : (layer ?? 'entry'),
  };
}
