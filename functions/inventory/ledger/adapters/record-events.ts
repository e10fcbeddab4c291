import type { StockEnvelope } from '../../../../events/envelope.ts';
import type { StreamItem } from '../../../shared/stream-consumer.ts';
import { checkedEvent } from '../../availability/index.ts';
import { eventOfRecord } from '../domain/record-event.ts';
import { ledgerPrefix, ledgerRecordFrom } from './ledger-item.ts';

/**
 * The event of a ledger record; empty for any other item.
 *
 * @throws Error when the record has no event that matches its schema.
 */
export function recordEventsOf({ key, image }: StreamItem): StockEnvelope[] {
  return key.pk?.startsWith(ledgerPrefix) ? [checkedEvent(eventOfRecord(ledgerRecordFrom(image)))] : [];
}
