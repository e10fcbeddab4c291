import type { LocalOptions } from '../../local/index.ts';

/** A command to the process that runs an instance. */
export type Command =
  | { readonly id: number; readonly do: 'start'; readonly options: LocalOptions }
  | { readonly id: number; readonly do: 'start-profile' }
  | { readonly id: number; readonly do: 'stop-profile'; readonly directory: string }
  | { readonly id: number; readonly do: 'stop' };

/** A command without its id. */
export type Request = Command extends infer Each ? (Each extends Command ? Omit<Each, 'id'> : never) : never;

/** The result of the command with the same id. */
export type Reply = { readonly id: number } & ({ readonly value?: string } | { readonly error: string });
