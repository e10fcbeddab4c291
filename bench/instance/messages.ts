import type { LocalOptions } from '../../local/index.ts';

/** What is asked of the process that runs an instance, and what it answers. */
export type Command =
  | { readonly id: number; readonly do: 'start'; readonly options: LocalOptions }
  | { readonly id: number; readonly do: 'start-profile' }
  | { readonly id: number; readonly do: 'stop-profile'; readonly directory: string }
  | { readonly id: number; readonly do: 'stop' };

/** A command without its number. */
export type Wish = Command extends infer Each ? (Each extends Command ? Omit<Each, 'id'> : never) : never;

export type Reply = { readonly id: number } & ({ readonly value?: string } | { readonly error: string });
