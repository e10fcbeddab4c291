import * as z from 'zod/mini';
import { shippingAddress } from '../../../api/orders.ts';
import { readJson } from '../../shared/json.ts';
import { ConfigurationFault } from '../../shared/kernel/faults.ts';

const sender = z.extend(shippingAddress, {
  phone: z.optional(z.string()),
  email: z.optional(z.email()),
});

/** The address from which a location's parcels are collected and to which they are returned. */
export type Sender = z.output<typeof sender>;

/** Key of the sender for all locations that are not listed. */
const anyLocation = '*';

/** For labels of the sandbox, which are not used for parcels. */
const sampleSender: Sender = {
  name: 'Holdfast sample warehouse',
  line1: 'Lagerstrasse 1',
  city: 'Berlin',
  postalCode: '10115',
  country: 'DE',
  phone: '+49 30 1234567',
};

/**
 * Reads the senders' addresses by location: `{"*": {…}, "berlin": {…}}`, where `*` is any other location.
 *
 * @param sample true when a sample address may be used if `text` is empty.
 * @returns the sender for a location. It throws ConfigurationFault when there is none, also because the text is not such a map,
 *   or is empty without a permitted sample: a parcel with a wrong sender cannot be returned. The fault comes with the first
 *   parcel and not here, so that the order that meets it waits for a person.
 */
export function readSenders(text: string, sample: boolean): (location: string) => Sender {
  if (text === '' && sample) return () => sampleSender;
  const parsed = z.safeParse(z.record(z.string(), sender), readJson(text));
  const senders = parsed.success ? new Map(Object.entries(parsed.data)) : undefined;
  return (location) => {
    if (senders === undefined) {
      throw new ConfigurationFault('configuration: SHIP_FROM must be {"<location>": {address}, "*": {address}}');
    }
    const found = senders.get(location) ?? senders.get(anyLocation);
    if (found === undefined) throw new ConfigurationFault(`configuration: SHIP_FROM has no address for ${location}`);
    return found;
  };
}
