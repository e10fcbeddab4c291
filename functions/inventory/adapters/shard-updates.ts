import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { ShardId } from '../domain/shard-plan.ts';
import { shardKey } from './keys.ts';

/**
 * What may happen to the columns of a shard: `av` available, `rs` reserved, `sh` shipped, `rc` received, `xi` and `xo`
 * moved in and out, `v` the number of credits. Each keeps rc + xi - xo = av + rs + sh, and the conditions keep every
 * column at zero or above.
 */
const updates = {
  /** For sale -> reserved. */
  debit: { UpdateExpression: 'SET av = av - :q, rs = rs + :q', ConditionExpression: 'av >= :q' },
  /** Reserved -> for sale. */
  release: { UpdateExpression: 'SET av = av + :q, rs = rs - :q, v = v + :one', ConditionExpression: 'rs >= :q' },
  /** Reserved -> out of the building. */
  ship: { UpdateExpression: 'SET rs = rs - :q, sh = sh + :q', ConditionExpression: 'rs >= :q' },
  /** Into the building -> for sale. The first receipt makes the shard, with every column. */
  receive: {
    UpdateExpression: `SET ${[
      'av = if_not_exists(av, :zero) + :q',
      'rc = if_not_exists(rc, :zero) + :q',
      ...['rs', 'sh', 'xi', 'xo'].map((column) => `${column} = if_not_exists(${column}, :zero)`),
      'v = if_not_exists(v, :zero) + :one',
    ].join(', ')}`,
    ConditionExpression: undefined,
  },
} as const;

/** One action of a transaction. When its condition fails, the answer brings the shard as it was, at no cost. */
export function shardUpdate(
  table: string,
  kind: keyof typeof updates,
  unit: ShardId & { readonly quantity: number },
): TransactWriteItem {
  const { UpdateExpression, ConditionExpression } = updates[kind];
  const values = { ':q': { N: String(unit.quantity) }, ':one': { N: '1' }, ':zero': { N: '0' } };
  const used = Object.entries(values).filter(([name]) => UpdateExpression.includes(name));
  return {
    Update: {
      TableName: table,
      Key: { pk: { S: shardKey(unit) } },
      UpdateExpression,
      ConditionExpression,
      ExpressionAttributeValues: Object.fromEntries(used),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}
