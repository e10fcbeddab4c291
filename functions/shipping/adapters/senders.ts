import * as z from 'zod/mini';
import { shippingAddress } from '../../../api/orders.ts';
import { readJson } from '../../shared/json.ts';

const sender = z.extend(shippingAddress, {
  phone: z.optional(z.string()),
  email: z.optional(z.email()),
});

/** Where parcels of a location are collected and come back to. */
export type Sender = z.output<typeof sender>;

/** Stands for every location that is not listed. */
const anyLocation = '*';

/** Enough for a label that nobody sends. */
const sampleSender: Sender = {
  name: 'Holdfast sample warehouse',
  line1: 'Lagerstrasse 1',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
  phone: '+49 30 1234567',
};

/**
 * Reads the senders' addresses by location: `{"*": {…}, "berlin": {…}}`, `*` standing for any other location.
 *
 * @param sample whether a sample address will do where none is configured.
 * @throws Error when the text is not such a map, or is empty and a sample will not do: a parcel with a wrong sender is lost
 *   when it comes back.
 */
export function readSenders(text: string, sample: boolean): (location: string) => Sender {
  if (text === '' && sample) return () => sampleSender;
  const parsed = z.safeParse(z.record(z.string(), sender), readJson(text));
  if (!parsed.success) throw new Error('configuration: SHIP_FROM must be {"<location>": {address}, "*": {address}}');
  const senders = new Map(Object.entries(parsed.data));
  return (location) => {
    const found = senders.get(location) ?? senders.get(anyLocation);
    if (found === undefined) throw new Error(`configuration: SHIP_FROM has no address for ${location}`);
    return found;
  };
}
