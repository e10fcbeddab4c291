import {
  type AttributeValue,
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamo } from '../../shared/aws/clients.ts';
import { sandboxKinds } from '../../shared/item-kinds.ts';

/** The entry after a successful write, or the entry that made the write's condition fail (undefined: there is none). */
export type Written<Entry> = { readonly done: Entry } | { readonly instead: Entry | undefined };

export interface Change {
  /** A DynamoDB update expression (`SET …`). */
  readonly update: string;
  /** A DynamoDB condition expression. */
  readonly condition: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The sandbox's records of one kind. An entry is one item; every write is one conditional call. */
export interface Books<Entry> {
  find(id: string): Promise<Entry | undefined>;
  /** Writes an entry that must not exist yet. */
  open(id: string, entry: Entry): Promise<Written<Entry>>;
  change(id: string, change: Change): Promise<Written<Entry>>;
  /** Adds one to the counter of the id and returns it; the first call returns 1. */
  count(id: string): Promise<number>;
}

/** @param kind the entries' kind, whose keys begin with its prefix. */
export function dynamoBooks<Entry extends object>(table: string, kind: keyof typeof sandboxKinds): Books<Entry> {
  const keyOf = (id: string, sk = 'book') => ({ pk: { S: sandboxKinds[kind] + id }, sk: { S: sk } });
  const read = (item: Record<string, AttributeValue>): Entry => {
    const { pk: _pk, sk: _sk, ...entry } = unmarshall(item);
    return entry as Entry;
  };
  const orInstead = async (write: () => Promise<Entry>): Promise<Written<Entry>> => {
    try {
      return { done: await write() };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return { instead: error.Item === undefined ? undefined : read(error.Item) };
    }
  };
  const update = async (input: Omit<UpdateItemCommandInput, 'TableName'>) => {
    const { Attributes } = await dynamo().send(
      new UpdateItemCommand({ TableName: table, ReturnValues: 'ALL_NEW', ...input }),
    );
    return Attributes ?? {};
  };

  return {
    async find(id) {
      const command = new GetItemCommand({ TableName: table, Key: keyOf(id), ConsistentRead: true });
      const { Item } = await dynamo().send(command);
      return Item === undefined ? undefined : read(Item);
    },
    open: (id, entry) =>
      orInstead(async () => {
        await dynamo().send(
          new PutItemCommand({
            TableName: table,
            Item: { ...keyOf(id), ...marshall(entry, { removeUndefinedValues: true }) },
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return entry;
      }),
    change: (id, { update: expression, condition, names, values }) =>
      orInstead(async () =>
        read(
          await update({
            Key: keyOf(id),
            UpdateExpression: expression,
            ConditionExpression: `attribute_exists(pk) AND ${condition}`,
            ...(names === undefined ? {} : { ExpressionAttributeNames: { ...names } }),
            ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }),
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      ),
    async count(id) {
      const item = await update({
        Key: keyOf(id, 'attempts'),
        UpdateExpression: 'ADD attempts :one',
        ExpressionAttributeValues: { ':one': { N: '1' } },
      });
      return Number(item.attempts?.N ?? 0);
    },
  };
}
