import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { TableAccess } from '../../../shared/table-access.ts';
import { reservationFrom, reservationPrefix } from '../../reservations/index.ts';
import type { ReservedOrder, ReservedOrders } from '../commands/book-count.ts';

/** Segments of the table that are scanned in parallel. */
const segments = 4;
/** How long the search takes at most; a page of a megabyte takes some tens of milliseconds. */
const searchMs = 6_000;
/** Most orders in an answer. */
const maxOrders = 100;

/**
 * Finds orders by a scan of the reservations. No index is kept for it, because that would add a write to each order, and
 * shortages are rare.
 */
export function dynamodbReservedOrders({ client, table }: TableAccess, nowMs: () => number): ReservedOrders {
  return {
    async at(sku, location) {
      const endMs = nowMs() + searchMs;
      const orders: ReservedOrder[] = [];
      const scan = async (segment: number): Promise<boolean> => {
        let from: Record<string, AttributeValue> | undefined;
        do {
          const { Items = [], LastEvaluatedKey } = await client.send(
            new ScanCommand({
              ...{ TableName: table, Segment: segment, TotalSegments: segments, ExclusiveStartKey: from },
              ConsistentRead: true,
              FilterExpression: 'begins_with(pk, :prefix) AND st IN (:held, :confirmed)',
              ExpressionAttributeValues: {
                ':prefix': { S: reservationPrefix },
                ':held': { S: 'HELD' },
                ':confirmed': { S: 'CONFIRMED' },
              },
            }),
          );
          orders.push(...Items.flatMap((item) => orderIn(item, sku, location)));
          from = LastEvaluatedKey;
        } while (from !== undefined && nowMs() < endMs && orders.length < maxOrders);
        return from === undefined;
      };
      const complete = await Promise.all(Array.from({ length: segments }, (_, segment) => scan(segment)));
      return {
        orders: orders.slice(0, maxOrders).sort((a, b) => (a.orderId < b.orderId ? -1 : 1)),
        complete: complete.every(Boolean) && orders.length <= maxOrders,
      };
    },
  };
}

/** The units of an order that are reserved and have not been shipped. */
function orderIn(item: Record<string, AttributeValue>, sku: string, location: string): ReservedOrder[] {
  const reservation = reservationFrom(item);
  const parts = reservation?.parts.filter(
    (part) => part.sku === sku && part.location === location && part.shipmentId === undefined,
  );
  const units = parts?.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0;
  return reservation === undefined || units === 0 ? [] : [{ orderId: reservation.orderId, units }];
}
