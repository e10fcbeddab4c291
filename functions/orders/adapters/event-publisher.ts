import { busPublisher } from '../../shared/bus-publisher.ts';
import { envelopesOf } from '../domain/envelopes.ts';
import { fromItem } from './commit-item.ts';

/** Publishes the events of commits, with the fields that a newer version of the software has written. */
export const eventPublisher = (busName: string) =>
  busPublisher(busName, ({ image }) => envelopesOf(fromItem(image, 'kept')));
