import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { bundleOptions } from '../../infra/bundle.ts';
import { entryPoints, repositoryRoot } from '../../infra/entry-points.ts';
import type { Frame } from './cpu-profile.ts';

interface Mapped {
  readonly map: SourceMap;
  /** The directory that the map's sources are relative to. */
  readonly directory: string;
  readonly entryPoint: string;
  /** Lines that were inserted before esbuild's output. */
  readonly shift: number;
}

/** Maps positions in bundles to positions in the sources. */
export class OriginalSources {
  readonly #mapsByCode: Map<string, Omit<Mapped, 'shift'>>;
  readonly #files = new Map<string, Mapped | undefined>();

  /** Bundles all functions again with the options of the app, plus source maps. */
  constructor() {
    const { outputFiles } = buildSync({
      ...bundleOptions,
      entryPoints: entryPoints().map((name) => `functions/${name}.ts`),
      sourcemap: 'external',
      sourcesContent: false,
    });
    const maps = new Map(outputFiles.map(({ path, text }) => [path, text]));
    this.#mapsByCode = new Map(
      outputFiles.flatMap(({ path, text }) => {
        const map = maps.get(`${path}.map`);
        if (map === undefined) return [];
        const directory = dirname(path);
        const entryPoint = relative(join(repositoryRoot, bundleOptions.outdir), directory);
        return [[hashOf(text), { map: new SourceMap(JSON.parse(map)), directory, entryPoint }] as const];
      }),
    );
  }

  /** The frame with its position in the source and a path relative to the repository; unmapped without a source map. */
  locate(frame: Frame): Frame {
    if (!frame.url.startsWith('file:')) return frame;
    const file = fileURLToPath(frame.url);
    const mapped = this.#mapFor(file);
    const entry = mapped?.map.findEntry(frame.line - mapped.shift, Math.max(0, frame.column));
    if (mapped === undefined || entry === undefined || !('originalSource' in entry)) {
      return { ...frame, url: relative(repositoryRoot, file) };
    }
    return {
      // Node returns the name too; its type declarations lack it.
      functionName: (entry as { name?: string }).name ?? frame.functionName,
      url: relative(repositoryRoot, join(mapped.directory, entry.originalSource)),
      line: entry.originalLine,
      column: entry.originalColumn,
    };
  }

  /** The function whose bundle the frame is in, such as `orders/place-order`. */
  entryPointOf({ url }: Frame): string | undefined {
    return url.startsWith('file:') ? this.#mapFor(fileURLToPath(url))?.entryPoint : undefined;
  }

  #mapFor(file: string): Mapped | undefined {
    if (!this.#files.has(file)) this.#files.set(file, this.#findMap(file));
    return this.#files.get(file);
  }

  #findMap(file: string): Mapped | undefined {
    if (!file.endsWith('.mjs') || !existsSync(file)) return undefined;
    const code = readFileSync(file, 'utf8');
    for (const shift of [0, 1]) {
      const found = this.#mapsByCode.get(hashOf(code.split('\n').slice(shift).join('\n')));
      if (found !== undefined) return { ...found, shift };
    }
    return undefined;
  }
}

function hashOf(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
