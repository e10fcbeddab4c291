import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Source {
  /** From the root of the repository, with slashes: `functions/orders/place-order.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  readonly imports: readonly Import[];
}

export interface Import {
  /** A path from the root for a file of ours, else the name of a package: `zod/mini`, `node:crypto`. */
  readonly target: string;
  /** Erased before the code runs. */
  readonly typeOnly: boolean;
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
    })),
    ...[...text.matchAll(dynamicImport)].map(([, target = '']) => ({ target: resolve(target), typeOnly: false })),
  ];
}

/** `{ type A, type B } from`: nothing is left of it at run time. */
function onlyTypes(names: string): boolean {
  const inside = /^\{([^}]*)\}\s*from\s+$/.exec(names.trim().concat(' '))?.[1];
  return inside?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type ')) ?? false;
}

/** Source without comments, its lines where they were. */
export function uncommented({ text }: Source): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
}

/** Source without comments and the contents of strings, so that words in them do not count as code. */
export function codeOf(source: Source): string {
  return uncommented(source).replace(/'(?:[^'\\\n]|\\.)*'/g, "''");
}

/** Where a file of `functions/` is. */
export interface Place {
  readonly capability: string;
  /** A part of a capability that is divided into rooms. */
  readonly room?: string;
  /** `domain`, `commands`, `adapters`; `entry` for an entry point, `door` for the `index.ts` of a capability or a room. */
  readonly layer: string;
}

const layers = ['domain', 'commands', 'adapters'];

/** `functions/orders/domain/x.ts` is in the domain of orders, `functions/inventory/ledger/domain/x.ts` in that of inventory's ledger. */
export function placeOf(path: string): Place | undefined {
  const [top, capability, ...rest] = path.split('/');
  const [layer] = rest;
  if (top !== 'functions' || capability === undefined || layer === undefined) return undefined;
  if (rest.length === 1) return { capability, layer: layer === 'index.ts' ? 'door' : 'entry' };
  if (layers.includes(layer) || capability !== 'inventory') return { capability, layer };
  const [room = '', inRoom = ''] = rest;
  return { capability, room, layer: inRoom === 'index.ts' ? 'door' : inRoom };
}
