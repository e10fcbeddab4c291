import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allEvents, type OrderEvent, type StockEvent } from '../../events/catalog.ts';

/** One version of an event as it was released: samples of its data, the first with every field that it may have. */
export interface ReleasedEvent {
  readonly type: string;
  readonly version: number;
  readonly data: readonly Readonly<Record<string, unknown>>[];
}

const folder = join(import.meta.dirname, 'samples');

/** Every version that was ever released. A file is added for each new version and never changed or removed. */
export const releasedEvents: readonly ReleasedEvent[] = readdirSync(folder).map((file) => {
  return JSON.parse(readFileSync(join(folder, file), 'utf8')) as ReleasedEvent;
});

/** A sample, with every field, of each event in the version that is written. */
export const samples: readonly (OrderEvent | StockEvent)[] = releasedEvents
  .filter((sample) => allEvents.some(({ type, version }) => type === sample.type && version === sample.version))
  .map(({ type, version, data: [data] }) => ({ type, version, data }) as OrderEvent | StockEvent);
