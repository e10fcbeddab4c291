import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type BuildOptions, buildSync, version as esbuildVersion, type Metafile } from 'esbuild';
import { entryPoints, repositoryRoot } from './entry-points.ts';

/** The code of all functions, ready to be uploaded. */
export interface Bundle {
  /** `<capability>/<verb-noun>` of every function that has a directory here. */
  readonly entryPoints: readonly string[];
  /** The directory that holds the function's `index.mjs` and nothing else. */
  directoryOf(entryPoint: string): string;
}

export interface BundleSize {
  readonly entryPoint: string;
  readonly bytes: number;
}

/** What a bundle was made from: files of this repository, and packages. */
export interface Ingredients {
  readonly files: readonly string[];
  readonly packages: readonly string[];
}

const cacheRoot = join(repositoryRoot, '.holdfast', 'bundle');
const fileName = 'index.mjs';
const ingredientsFile = 'ingredients.json';
/** Everything that can end up inside a function. Packages are stood for by the lock file. */
const sources = ['functions', 'events', 'api', 'package-lock.json'];
/** Superseded bundles are kept for whoever still runs from them, but not for ever. */
const maxCached = 8;

export const bundleOptions = {
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  alias: {
    // EasyPost's SDK loads it, but is given another transport (functions/shipping/adapters/easypost-transport.ts).
    superagent: './functions/shipping/adapters/unused-superagent.ts',
  },
  // Where the SDK looks for credentials after a function's own environment, and loads with `import()` when it gets there. They are
  // a third of a bundle, and Lambda's runtime has the SDK too.
  external: [
    '@aws-sdk/credential-provider-http',
    '@aws-sdk/credential-provider-ini',
    '@aws-sdk/credential-provider-process',
    '@aws-sdk/credential-provider-sso',
    '@aws-sdk/credential-provider-web-identity',
    '@smithy/credential-provider-imds',
  ],
  define: { 'process.env.NODE_ENV': '"production"' },
  absWorkingDir: repositoryRoot,
  outbase: 'functions',
  outdir: 'out',
  entryNames: '[dir]/[name]/index',
  outExtension: { '.js': '.mjs' },
  logLevel: 'warning',
  metafile: true,
  write: false,
} satisfies BuildOptions;

/** What esbuild puts where a CommonJS package asks for a module of Node; it throws unless `require` exists. */
const requireShim = 'Dynamic require of';
const requireBanner = "import{createRequire as $cr}from'node:module';const require=$cr(import.meta.url);\n";

/**
 * Bundles every entry point with one esbuild call, or finds that done already: the result is kept under
 * `.holdfast/bundle/<hash of the sources>`.
 *
 * @throws Error from esbuild when a source does not compile.
 */
export function bundleFunctions(): Bundle {
  const names = entryPoints();
  const directory = join(cacheRoot, sourceHash());
  if (!existsSync(directory)) build(names, directory);
  return {
    entryPoints: names,
    directoryOf: (entryPoint) => {
      if (!names.includes(entryPoint)) throw new Error(`functions/${entryPoint}.ts does not exist`);
      return join(directory, entryPoint);
    },
  };
}

/** Size of every function's code in bytes, smallest first. */
export function bundleSizes(bundle: Bundle): readonly BundleSize[] {
  return bundle.entryPoints
    .map((entryPoint) => ({ entryPoint, bytes: readFileSync(join(bundle.directoryOf(entryPoint), fileName)).length }))
    .sort((a, b) => a.bytes - b.bytes);
}

/** What every bundle was made from. */
export function ingredientsOf(bundle: Bundle): ReadonlyMap<string, Ingredients> {
  const [first] = bundle.entryPoints;
  if (first === undefined) return new Map();
  const file = join(bundle.directoryOf(first), '..', '..', ingredientsFile);
  return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Ingredients>));
}

function build(names: readonly string[], directory: string): void {
  const result = buildSync({ ...bundleOptions, entryPoints: names.map((name) => `functions/${name}.ts`) });
  // A half-written directory must never be found: it gets its name when it is whole. Several threads may be at it.
  const unfinished = `${directory}.${randomUUID()}`;
  for (const output of result.outputFiles) {
    const file = join(unfinished, relative(join(repositoryRoot, bundleOptions.outdir), output.path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, output.text.includes(requireShim) ? requireBanner + output.text : output.text);
  }
  writeFileSync(join(unfinished, ingredientsFile), JSON.stringify(ingredients(result.metafile.outputs)));
  dropSuperseded();
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    // Somebody else bundled the same sources at the same time.
    rmSync(unfinished, { recursive: true });
    if (!existsSync(directory)) throw error;
  }
}

function ingredients(outputs: Metafile['outputs']): Record<string, Ingredients> {
  return Object.fromEntries(
    Object.values(outputs).map((output) => {
      const inputs = Object.keys(output.inputs).sort();
      const packages = inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
      return [
        (output.entryPoint ?? '').replace(/^functions\/(.*)\.ts$/, '$1'),
        { files: inputs.filter((input) => !input.includes('node_modules/')), packages: [...new Set(packages)] },
      ];
    }),
  );
}

/** The newest stay; what an interrupted build left behind goes with the old ones. */
function dropSuperseded(): void {
  const cached = readdirSync(cacheRoot).map((name) => {
    const path = join(cacheRoot, name);
    return { path, madeAt: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 };
  });
  cached.sort((a, b) => b.madeAt - a.madeAt);
  for (const { path } of cached.slice(maxCached)) rmSync(path, { recursive: true, force: true });
}

function sourceHash(): string {
  const hash = createHash('sha256').update(JSON.stringify(bundleOptions)).update(esbuildVersion).update(requireBanner);
  for (const path of sources.flatMap(filesIn))
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(repositoryRoot, path)))
      .update('\0');
  return hash.digest('hex').slice(0, 32);
}

/** The file, or every file below the directory, as sorted paths from the root of the repository. */
function filesIn(path: string): string[] {
  if (statSync(join(repositoryRoot, path)).isFile()) return [path];
  return readdirSync(join(repositoryRoot, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(repositoryRoot, join(entry.parentPath, entry.name)))
    .sort();
}
