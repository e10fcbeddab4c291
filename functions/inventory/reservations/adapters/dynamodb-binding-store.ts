import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { writeIf } from '../../../shared/conditional-writes.ts';
import { readRecords, type TableAccess } from '../../../shared/table-access.ts';
import type { BindingStore, VoidOutcome } from '../../sharding/index.ts';
import { binds, boundAmong, maxVoided } from '../domain/bindings.ts';
import { reservationFrom, reservationKey, reservationRecords, voidState } from './reservation-item.ts';

export function dynamodbBindingStore(access: TableAccess): BindingStore {
  return {
    async boundAmong(entries, consistency) {
      const orderIds = [...new Set(entries.map(({ orderId }) => orderId))];
      const { reservations } = await readRecords(access, { reservations: reservationRecords(orderIds) }, consistency);
      return boundAmong(entries, reservations);
    },
    voidNonce: (orderId, nonce) => voidNonce(access, orderId, nonce),
  };
}

/** The nonces are a set, so that one voided several times is stored once. */
async function voidNonce({ client, table, pace }: TableAccess, orderId: string, nonce: string): Promise<VoidOutcome> {
  const result = await writeIf(pace, () =>
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: reservationKey(orderId) } },
        UpdateExpression: 'SET st = :void ADD vn :nonces',
        ConditionExpression: 'attribute_not_exists(pk) OR (st = :void AND (size(vn) < :max OR contains(vn, :nonce)))',
        ExpressionAttributeValues: {
          ':void': { S: voidState },
          ':nonces': { SS: [nonce] },
          ':nonce': { S: nonce },
          ':max': { N: String(maxVoided) },
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (result.outcome === 'contended') return result;
  if (result.outcome === 'done') return { outcome: 'voided' };
  const reservation = result.found && reservationFrom(result.found);
  return reservation === undefined ? { outcome: 'full' } : { outcome: binds(reservation, nonce) ? 'bound' : 'voided' };
}
