import { parseArgs } from 'node:util';

export interface FailuresOptions {
  readonly stage: string;
  readonly cell: string;
  /** Base URL of the local instance; undefined for a deployed stage. */
  readonly local: string | undefined;
  readonly region: string | undefined;
  /** Only failures of this consumer. */
  readonly consumer: string | undefined;
  /** Id of a failure, or `all`. */
  readonly resend: string | undefined;
  readonly discard: string | undefined;
  /** Most failures that are sent back in a second. */
  readonly ratePerSecond: number;
  readonly json: boolean;
  readonly help: boolean;
}

export const failuresUsage = `npm run failures -- [options]

Lists what is in the failure queues, the first 5,000 of each, and sends it back to its consumer. Without --stage it asks the instance that npm start
runs. The exit code is 0 when everything that was to be sent or discarded was, 1 when something was left, and 2 when
the queues could not be read.

  --stage STAGE      a deployed stage, with the credentials of the environment
  --cell CELL        its cell (default a)
  --region REGION    its region (default: the environment's)
  --local URL        the local instance (default http://localhost:4000)
  --consumer NAME    only failures of this function, such as publish-events
  --resend ID|all    sends one failure or all of them back
  --rate N           at most N a second (default 10)
  --discard ID|all   deletes one failure, or with --consumer all of a function
  --json             prints the list as JSON, with the events
  --help             this text

A failure is sent first and deleted afterwards, so an interruption loses nothing. It may then be sent again with the next
run: every consumer has the same effect however often it receives the same.
`;

const localUrl = 'http://localhost:4000';
/** A deployment without a stage is dev, as is a local instance. */
const localStage = 'dev';
const maxRate = 100;

/** Parses the command line of `npm run failures`. @throws Error that names the wrong option. */
export function readFailuresOptions(args: readonly string[]): FailuresOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ stage: text, local: text, region: text, consumer: text, resend: text, discard: text },
      cell: { type: 'string', default: 'a' },
      rate: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { stage, cell, local, region, consumer, resend, discard, rate, json, help } = values;
  const ratePerSecond = Number(rate);
  if (!(ratePerSecond > 0 && ratePerSecond <= maxRate))
    throw new Error(`--rate must be above 0 and at most ${maxRate}`);
  if (resend !== undefined && discard !== undefined) throw new Error('--resend and --discard exclude each other');
  if (discard === 'all' && consumer === undefined) throw new Error('--discard all needs --consumer');
  if (local !== undefined && region !== undefined) throw new Error('--region is for a deployed stage, not for --local');
  return {
    ...{ stage: stage ?? localStage, cell, region, consumer, resend, discard, ratePerSecond, json, help },
    local: local ?? (stage === undefined ? localUrl : undefined),
  };
}
