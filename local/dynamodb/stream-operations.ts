import { AwsError, type AwsOperations } from '../aws/call.ts';
import type { StoreClient } from './store-client.ts';

const API = 'DynamoDBStreams_20120810.';

/**
 * The operations of DynamoDB Streams with which an operator reads a part of a stream. The store does the work.
 *
 * @param streams the store's stream ARN by the app's
 */
export function streamOperations(store: StoreClient, streams: ReadonlyMap<string, string>): AwsOperations {
  return {
    GetShardIterator: ({ StreamArn = '', ...input }: { StreamArn?: string }) => {
      const storeArn = streams.get(StreamArn);
      if (storeArn === undefined) throw new AwsError('ResourceNotFoundException', `no stream ${StreamArn}`);
      return store.call(`${API}GetShardIterator`, { ...input, StreamArn: storeArn });
    },
    GetRecords: (input: object) => store.call(`${API}GetRecords`, input),
  } as AwsOperations;
}
