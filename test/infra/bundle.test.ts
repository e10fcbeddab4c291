import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleFunctions, ingredientsOf } from '../../infra/bundle.ts';
import { entryPoints } from '../../infra/entry-points.ts';
import { measureBundles, sizeBudget } from '../../infra/report-bundle-sizes.ts';

const bundle = bundleFunctions();
const ingredients = ingredientsOf(bundle);

describe.each(entryPoints())('%s', (entryPoint) => {
  test('is uploaded as one file', () => {
    expect(readdirSync(bundle.directoryOf(entryPoint))).toEqual(['index.mjs']);
  });

  test('contains nothing of the deployment, the local runner or the tests', () => {
    const files = ingredients.get(entryPoint)?.files ?? [];
    expect(files).toContain(`functions/${entryPoint}.ts`);
    expect(files.filter((file) => !/^(functions|events|api)\//.test(file))).toEqual([]);
  });

  const code = readFileSync(join(bundle.directoryOf(entryPoint), 'index.mjs'), 'utf8');

  test('imports nothing from outside at its start but modules of Node', () => {
    const imported = [...code.matchAll(/(?<=^|[;}])import(?:[\w$*{},\s]+from)?\s*"([^"]+)"/gm)].map(
      ([, name = '']) => name,
    );
    expect(imported.filter((name) => !isBuiltin(name))).toEqual([]);
  });

  test('exports a handler', () => {
    expect(code).toMatch(/export\s*\{[^}]*\bas handler\b[^}]*\}/);
  });
});

test('the same sources are bundled once', () => {
  const [first = ''] = entryPoints();
  expect(bundleFunctions().directoryOf(first)).toBe(bundle.directoryOf(first));
});

test('no bundle outgrows its budget, and half of them stay well below', () => {
  const { functions, medianBytes } = measureBundles();
  for (const { entryPoint, bytes, budgetBytes } of functions) {
    expect.soft(bytes, entryPoint).toBeLessThanOrEqual(budgetBytes);
  }
  expect(medianBytes).toBeLessThanOrEqual(sizeBudget.median);
});

test('a directory is asked for by an entry point that exists', () => {
  expect(() => bundle.directoryOf('orders/lose-order')).toThrow('functions/orders/lose-order.ts does not exist');
});
