import { dynamo, dynamoOnce } from '../../shared/aws-clients.ts';
import { systemPace } from '../../shared/kernel/backoff.ts';
import { allocationsOf } from '../domain/reservation.ts';
import type { Allocation } from '../domain/stock-store.ts';
import { readStock } from './stock-reads.ts';

/** Where units are or were held for an order, released and expired ones included. Empty when none ever was. */
export function heldAllocations(table: string) {
  return async (orderId: string): Promise<readonly Allocation[]> => {
    const { reservation } = await readStock(
      { client: dynamo(), once: dynamoOnce(), table, pace: systemPace },
      { orderId },
      'latest',
    );
    return reservation === undefined ? [] : allocationsOf(reservation.parts);
  };
}
