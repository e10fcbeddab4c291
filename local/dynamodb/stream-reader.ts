import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { regionOf } from '../template/resource-types.ts';
import type { StoreClient } from './store-client.ts';

const API = 'DynamoDBStreams_20120810.';

/** GetRecords answers at most 1,000 records. */
const MAX_RECORDS = 1000;

/** A stream record as a Lambda function receives it. */
export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    readonly StreamViewType: string;
    readonly SequenceNumber: string;
    readonly ApproximateCreationDateTime: number;
    readonly NewImage?: object;
    readonly OldImage?: object;
  };
}

/** A place in a stream: the sequence number of the last record that was processed, '' at the beginning. */
export interface Position {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/** A record, and the position from which to read after it. */
export interface StreamItem {
  readonly record: StreamRecord;
  readonly position: Position;
}

/** Reads a table's stream in order, from any position, shard after shard. */
export class StreamReader {
  readonly #store: StoreClient;
  readonly #storeArn: string;
  readonly #arn: string;
  readonly #view: string;
  readonly #idPrefix: string;
  #shardId = '';
  #iterator: string | undefined;
  /** The position after what was read last: the iterator continues there. */
  #end: Position | undefined;

  /**
   * @param storeArn the stream's ARN in the store
   * @param arn the stream's ARN in the app
   * @param view which images the app asked for: `NEW_IMAGE`
   */
  constructor(store: StoreClient, storeArn: string, arn: string, view: string) {
    this.#store = store;
    this.#storeArn = storeArn;
    this.#arn = arn;
    this.#view = view;
    this.#idPrefix = createHash('md5').update(storeArn).digest('hex').slice(0, 16);
  }

  /**
   * The next records after a position, oldest first; `more` means that further ones follow. A read continues where the last
   * one ended when all of its records have been processed.
   */
  async read(after: Position): Promise<{ readonly items: readonly StreamItem[]; readonly more: boolean }> {
    type Answer = { Records: StreamRecord[]; NextShardIterator?: string };
    const iterator = this.#continuing(after) ?? (await this.#open(after));
    this.#iterator = undefined;
    const input = { ShardIterator: iterator, Limit: MAX_RECORDS };
    const { Records, NextShardIterator } = await this.#store.call<Answer>(`${API}GetRecords`, input);
    const shardId = this.#shardId;
    this.#iterator = NextShardIterator ?? (await this.#nextShard());
    const items = Records.filter(isChange).map((record) => ({
      record: this.#asLambdaSendsIt(record),
      position: { shardId, sequenceNumber: record.dynamodb.SequenceNumber },
    }));
    this.#end = items.at(-1)?.position ?? after;
    return { items, more: Records.length === MAX_RECORDS || this.#shardId !== shardId };
  }

  #continuing(after: Position): string | undefined {
    const { shardId, sequenceNumber } = this.#end ?? {};
    return shardId === after.shardId && sequenceNumber === after.sequenceNumber ? this.#iterator : undefined;
  }

  async #open({ shardId, sequenceNumber }: Position): Promise<string> {
    const shards = await this.#shards();
    this.#shardId = shards.includes(shardId) ? shardId : (shards[0] ?? '');
    const from = sequenceNumber
      ? { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: sequenceNumber }
      : { ShardIteratorType: 'TRIM_HORIZON' };
    return this.#shardIterator(from);
  }

  async #nextShard(): Promise<string | undefined> {
    const shards = await this.#shards();
    const next = shards[shards.indexOf(this.#shardId) + 1];
    if (!next) return undefined;
    this.#shardId = next;
    return this.#shardIterator({ ShardIteratorType: 'TRIM_HORIZON' });
  }

  async #shards(): Promise<string[]> {
    type Answer = { StreamDescription: { Shards: { ShardId: string }[] } };
    const { StreamDescription } = await this.#store.call<Answer>(`${API}DescribeStream`, { StreamArn: this.#storeArn });
    return StreamDescription.Shards.map(({ ShardId }) => ShardId);
  }

  async #shardIterator(from: object): Promise<string> {
    const input = { StreamArn: this.#storeArn, ShardId: this.#shardId, ...from };
    const { ShardIterator } = await this.#store.call<{ ShardIterator: string }>(`${API}GetShardIterator`, input);
    return ShardIterator;
  }

  /** The store numbers the records of every table 1, 2, 3, …; event ids must differ between tables. */
  #asLambdaSendsIt(record: StreamRecord): StreamRecord {
    const { NewImage, OldImage, ...rest } = record.dynamodb;
    return {
      ...record,
      awsRegion: regionOf(this.#arn),
      eventID: this.#idPrefix + BigInt(rest.SequenceNumber).toString(16).padStart(16, '0'),
      eventSourceARN: this.#arn,
      dynamodb: {
        ...rest,
        ...(NewImage && this.#view.startsWith('NEW') && { NewImage }),
        ...(OldImage && this.#view.includes('OLD') && { OldImage }),
        StreamViewType: this.#view,
      },
    };
  }
}

/** DynamoDB writes no record for a put that changes nothing; the local store does. */
function isChange({ eventName, dynamodb: { NewImage, OldImage } }: StreamRecord): boolean {
  return eventName !== 'MODIFY' || !isDeepStrictEqual(NewImage, OldImage);
}
