import { DescribeTableCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetRecordsCommand, GetShardIteratorCommand } from '@aws-sdk/client-dynamodb-streams';
import type { Clients } from './clients.ts';
import type { StreamBatch } from './failure.ts';
import { NotSent } from './not-sent.ts';

/** A record as a consumer of a stream receives it. */
export type Record = object;

/** Most reads of a stream for one batch. A batch has at most 1,000 records, which a few reads return. */
const maxReads = 50;

/**
 * The item as the table has it now, as a record of its stream.
 *
 * @throws NotSent when the item does not exist any more.
 */
export async function recordOfItem(
  { dynamo }: Pick<Clients, 'dynamo'>,
  streamArn: string,
  key: Readonly<globalThis.Record<string, string>>,
): Promise<Record> {
  const TableName = /:table\/([^/]+)\/stream\//.exec(streamArn)?.[1];
  const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
  const isNumber = (name: string) =>
    Table?.AttributeDefinitions?.some(
      ({ AttributeName, AttributeType }) => AttributeName === name && AttributeType === 'N',
    );
  const Keys = Object.fromEntries(
    Object.entries(key).map(([name, value]) => [name, isNumber(name) ? { N: value } : { S: value }]),
  );
  const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: Keys, ConsistentRead: true }));
  if (Item === undefined) throw new NotSent(`${TableName} does not have the item any more: discard the failure`);
  return {
    ...{ eventName: 'INSERT', eventSource: 'aws:dynamodb', eventSourceARN: streamArn },
    dynamodb: { SequenceNumber: '1', Keys, NewImage: Item },
  };
}

/**
 * The records of a batch that Lambda discarded, and those between them which the mapping's filter leaves out: the consumer
 * ignores them.
 *
 * @throws NotSent when the stream does not have them any more, after 24 hours.
 */
export async function recordsOfBatch(
  { streams }: Pick<Clients, 'streams'>,
  batch: StreamBatch,
): Promise<readonly Record[]> {
  const gone = new NotSent(
    'the stream keeps its records for 24 hours: give the items to the consumer as docs/runbook.md#failures says',
  );
  const { ShardIterator } = await streams
    .send(
      new GetShardIteratorCommand({
        ...{ StreamArn: batch.streamArn, ShardId: batch.shardId, SequenceNumber: batch.startSequenceNumber },
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      }),
    )
    .catch((error: Error) => {
      throw /Trimmed|ResourceNotFound/.test(error.name) ? gone : error;
    });
  const last = BigInt(batch.endSequenceNumber);
  const found: Record[] = [];
  let iterator = ShardIterator;
  for (let read = 0; read < maxReads && iterator !== undefined; read++) {
    const answer = await streams.send(new GetRecordsCommand({ ShardIterator: iterator })).catch((error: Error) => {
      throw /Trimmed|Expired/.test(error.name) ? gone : error;
    });
    for (const record of answer.Records ?? []) {
      const position = BigInt(record.dynamodb?.SequenceNumber ?? 0);
      if (position <= last) found.push(record);
      if (position >= last) return found;
    }
    iterator = answer.NextShardIterator;
  }
  throw gone;
}
