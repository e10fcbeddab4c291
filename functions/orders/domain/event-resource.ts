import { type Audience, dataFor } from '../../../events/audiences.ts';
import type { Commit } from './commit.ts';
import { envelopesOf } from './envelopes.ts';

/** The events of a commit as the API returns them, with the fields that their reader may see. */
export function eventResources(commit: Commit, audience: Audience) {
  return envelopesOf(commit).map(({ eventId, type, version, sequence, index, occurredAt }, position) => {
    const event = commit.events[position];
    const actor = audience === 'staff' ? commit.actor : withoutPerson(commit.actor);
    const data = event === undefined ? {} : dataFor(audience, event);
    return { eventId, type, version, sequence, index, occurredAt, actor, data };
  });
}

/** `staff:sam` -> `staff`. The customer of an order may see that staff acted, and not who. */
function withoutPerson(actor: string): string {
  return actor.replace(/^(staff|warehouse):.*$/s, '$1');
}
