import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Local } from '../../local/index.ts';

/** Access with the account's credentials from outside the app, as an operator or a partner has it. */
export interface Outsider {
  /** Items of each of these tables, in their order. */
  count(...tables: readonly string[]): Promise<number[]>;
  put(table: string, item: Readonly<Record<string, unknown>>): Promise<void>;
  remove(table: string, key: Readonly<Record<string, unknown>>): Promise<void>;
  /** Sends a message to the queue whose name ends so. */
  send(queue: string, body: string): Promise<void>;
  /** Receives and deletes every message of a queue. */
  drain(queue: string): Promise<string[]>;
  /** The gateway's secret whose name contains the text: what signs its webhooks. */
  webhookSecret(gateway: string): Promise<string>;
}

export function outsiderOf({ awsUrl, app }: Local): Outsider {
  const settings = {
    endpoint: awsUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'outsider', secretAccessKey: 'outsider' },
  };
  const dynamo = new DynamoDBClient(settings);
  const sqs = new SQSClient(settings);
  const secrets = new SecretsManagerClient(settings);

  const countItems = async (TableName: string): Promise<number> => {
    const { Count = 0, LastEvaluatedKey } = await dynamo.send(
      new ScanCommand({ TableName, Select: 'COUNT', ConsistentRead: true }),
    );
    if (LastEvaluatedKey !== undefined) throw new Error(`${TableName} is too large to be counted in one scan`);
    return Count;
  };
  const urlOf = (name: string): string => {
    const queue = app.queues.find((each) => each.name.endsWith(name));
    if (queue === undefined) throw new Error(`no queue ${name}`);
    return queue.url;
  };

  return {
    count: (...tables) => Promise.all(tables.map(countItems)),
    async put(TableName, item) {
      await dynamo.send(new PutItemCommand({ TableName, Item: marshall(item) }));
    },
    async remove(TableName, key) {
      await dynamo.send(new DeleteItemCommand({ TableName, Key: marshall(key) }));
    },
    async send(queue, MessageBody) {
      await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody }));
    },
    async drain(queue) {
      const QueueUrl = urlOf(queue);
      const bodies: string[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
        if (Messages.length === 0) return bodies;
        for (const { Body = '', ReceiptHandle } of Messages) {
          bodies.push(Body);
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        }
      }
    },
    async webhookSecret(gateway) {
      const secret = app.secrets.find(({ name }) => name.toLowerCase().includes(gateway));
      const { SecretString = '{}' } = await secrets.send(new GetSecretValueCommand({ SecretId: secret?.name }));
      return (JSON.parse(SecretString) as { webhookSecret: string }).webhookSecret;
    },
  };
}
