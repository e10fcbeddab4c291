import { parseArgs } from 'node:util';

/** The parts of the benchmark. */
const inventoryParts = ['goals', 'unprepared', 'sweep', 'store'] as const;
export type InventoryPart = (typeof inventoryParts)[number];

export interface InventoryBenchOptions {
  readonly quick: boolean;
  readonly seed: number;
  readonly json: boolean;
  readonly chart: boolean;
  readonly help: boolean;
  readonly only: readonly InventoryPart[];
}

export const inventoryBenchUsage = `npm run bench:inventory -- [options]

Simulates sales of one SKU over a store of partitions, locks and latencies with the inventory's own code, and shows each
goal beside its figure, with its seed. Writes bench/results/inventory.json. Exits with 1 when anything was oversold,
stranded or not in balance, not when a goal is missed.

  --quick          fewer buyers and fewer points
  --seed N         seed of the random numbers; the same seed gives the same figures (default 1)
  --only PARTS     some of ${inventoryParts.join(', ')}, separated by commas: the goals in simulation; an unprepared SKU
                   with and without growth; T, J and the naive way over rates and shards; the goal that is measured on the
                   local store
  --chart          also draws docs/inventory.svg and writes its table into docs/inventory.md
  --json           prints the results as JSON instead of tables
  --help           this text
`;

/**
 * Reads the command line.
 *
 * @throws Error that names the invalid option.
 */
export function readInventoryBenchOptions(args: readonly string[]): InventoryBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      chart: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      only: { type: 'string', default: inventoryParts.join(',') },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`--seed ${values.seed}: must be a whole number`);
  const only = values.only.split(',');
  const unknown = only.find((part) => !inventoryParts.includes(part as InventoryPart));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: must be some of ${inventoryParts.join(', ')}`);
  return { ...values, seed, only: only as InventoryPart[] };
}
