import { parseArgs } from 'node:util';

/** The parts that can be measured. */
export const parts = ['load', 'idle', 'rush', 'cost', 'bundles'] as const;
export type Part = (typeof parts)[number];

export interface BenchOptions {
  readonly quick: boolean;
  readonly json: boolean;
  readonly profile: boolean;
  readonly help: boolean;
  readonly only: readonly Part[];
}

export const benchUsage = `npm run bench -- [options]

Measures what an instance of its own carries (whole flow over HTTP, durable store; 1, 8 and 32 clients), how long an order
takes on an idle machine, what an order uses and costs, and 300 buyers for 100 units; shows each figure beside its budget.
Writes bench/results/latest.json. Exits with 1 on faults only, not when a budget is missed.

  --quick          shorter runs, rougher figures
  --json           prints the results as JSON instead of tables
  --profile        also writes CPU profiles of the instance under load to bench/results/profile, and what they say
  --only PARTS     some of ${parts.join(', ')}, separated by commas
  --help           this text
`;

/** @throws Error that names the wrong option. */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      only: { type: 'string', default: parts.join(',') },
    },
  });
  const only = values.only.split(',');
  const unknown = only.find((part) => !parts.includes(part as Part));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: must be some of ${parts.join(', ')}`);
  return { ...values, only: only as Part[] };
}
