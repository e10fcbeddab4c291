import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { writeIf } from '../../../shared/conditional-writes.ts';
import type { Pace } from '../../../shared/kernel/backoff.ts';
import type { Instant } from '../../../shared/kernel/time.ts';
import { type AccessOptions, type TableAccess, tableAccess } from '../../../shared/table-access.ts';
import type { ChangeOutcome, HoldConfirmation } from '../commands/reservation-store.ts';
import { reservationFrom, reservationKey } from './reservation-item.ts';

/** The dependencies of confirming. */
export function dynamodbConfirmation(
  table: string,
  options: AccessOptions = {},
): { readonly holds: HoldConfirmation; readonly pace: Pace } {
  const access = tableAccess(table, options);
  return { holds: { confirm: (orderId, now) => confirmHold(access, orderId, now) }, pace: access.pace };
}

/** The condition contains the expiry: only the caller's clock decides, and no timer needs to have run. */
async function confirmHold(
  { client, table, pace }: TableAccess,
  orderId: string,
  now: Instant,
): Promise<ChangeOutcome> {
  const result = await writeIf(pace, () =>
    client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: reservationKey(orderId) } },
        UpdateExpression: 'SET st = :confirmed',
        ConditionExpression: 'st = :held AND expiresAt > :now',
        ExpressionAttributeValues: { ':confirmed': { S: 'CONFIRMED' }, ':held': { S: 'HELD' }, ':now': { S: now } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    ),
  );
  if (result.outcome !== 'refused') return { outcome: result.outcome };
  return { outcome: 'changed', reservation: result.found && reservationFrom(result.found) };
}
