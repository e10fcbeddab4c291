import type { OrderEvent } from '../../../events/catalog.ts';
import type { Refusal } from '../../shared/kernel/refusal.ts';

/** What a command leads to: events to commit, none when it had already happened, or a refusal. */
export type Decision<Code extends string = never> = readonly OrderEvent[] | Refusal<Code>;
