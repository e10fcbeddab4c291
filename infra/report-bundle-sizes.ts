import './node-version.ts';
import { type BundleSize, bundleFunctions, bundleSizes, ingredientsOf } from './bundle.ts';

/** Size budgets in bytes (docs/architecture.md). A cold start reads and compiles the whole bundle. */
export const sizeBudget = { function: 400_000, withGatewaySdk: 720_000, median: 360_000 } as const;

const gatewaySdks = ['stripe', '@easypost/api'];

export interface Measured extends BundleSize {
  readonly budgetBytes: number;
}

/**
 * The sizes of all functions with their budgets. A function that contains a gateway's official SDK has the larger
 * budget.
 */
export function measureBundles(): { readonly functions: readonly Measured[]; readonly medianBytes: number } {
  const bundle = bundleFunctions();
  const ingredients = ingredientsOf(bundle);
  const functions = bundleSizes(bundle).map((size) => {
    const carriesSdk = ingredients.get(size.entryPoint)?.packages.some((name) => gatewaySdks.includes(name)) ?? false;
    return { ...size, budgetBytes: carriesSdk ? sizeBudget.withGatewaySdk : sizeBudget.function };
  });
  return { functions, medianBytes: functions[Math.floor(functions.length / 2)]?.bytes ?? 0 };
}

if (import.meta.main) {
  const { functions, medianBytes } = measureBundles();
  const line = (name: string, bytes: number, budget: number) =>
    `${name.padEnd(36)} ${(bytes / 1000).toFixed(1).padStart(7)} kB  budget ${budget / 1000} kB  ${bytes > budget ? 'OVER' : 'ok'}`;
  for (const { entryPoint, bytes, budgetBytes } of functions) console.log(line(entryPoint, bytes, budgetBytes));
  console.log(line('median', medianBytes, sizeBudget.median));
}
