import type { OrderEvent } from '../../../events/catalog.ts';
import type { Refusal } from '../../shared/kernel/refusal.ts';

/** The result of a command: the events to commit, which are none when it changes nothing, or a refusal. */
export type Decision<Code extends string = never> = readonly OrderEvent[] | Refusal<Code>;
