import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { writeIf } from '../../../shared/conditional-writes.ts';
import { boardItemOf } from '../../reservations/adapters/items.ts';
import type { StockTableOptions } from '../../sharding/adapters/dynamodb-stock-table.ts';
import type { Board } from '../../sharding/commands/stock-table.ts';

/** A board from later than this after ours was written by a clock that is wrong. It must not stay for ever. */
export const futureMs = 1_000;

/** A board that is newer stays; one that could not be written is no loss, and nobody waits for another attempt. */
export async function writeBoard({ once, table }: StockTableOptions, copy: number, board: Board): Promise<void> {
  await writeIf(() =>
    once.send(
      new PutItemCommand({
        TableName: table,
        Item: boardItemOf(copy, board),
        ConditionExpression: 'attribute_not_exists(pk) OR #at < :at OR #at > :future',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: {
          ':at': { N: String(board.at) },
          ':future': { N: String(board.at + futureMs) },
        },
      }),
    ),
  );
}
