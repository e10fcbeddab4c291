/** One table or index that a call reads or writes, and the IAM action that it needs there. */
export interface StoreAccess {
  readonly table: string;
  readonly index: string | undefined;
  /** `PutItem`; in a transaction the action of each of its parts. */
  readonly action: string;
}

/** An operation on items, and whether it consumes read or write units. */
export interface ItemOperation {
  /** `PutItem` */
  readonly name: string;
  readonly kind: 'read' | 'write';
}

/** Prefix of the targets of DynamoDB's calls; the name of the operation follows it. */
export const DYNAMODB = 'DynamoDB_20120810.';

const KINDS: Record<string, ItemOperation['kind']> = {
  GetItem: 'read',
  BatchGetItem: 'read',
  TransactGetItems: 'read',
  Query: 'read',
  Scan: 'read',
  PutItem: 'write',
  UpdateItem: 'write',
  DeleteItem: 'write',
  BatchWriteItem: 'write',
  TransactWriteItems: 'write',
};

const ITEM_OPERATIONS: ReadonlyMap<string, ItemOperation> = new Map(
  Object.entries(KINDS).map(([name, kind]) => [DYNAMODB + name, { name, kind }]),
);

/** The operation on items that a target (`DynamoDB_20120810.PutItem`) names; undefined for any other operation. */
export function itemOperation(target: string): ItemOperation | undefined {
  return ITEM_OPERATIONS.get(target);
}

const TRANSACTION_ACTIONS: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/**
 * The tables and indexes that a call (JSON text) touches. A single-table call is not parsed: `"TableName":"` cannot occur
 * inside a JSON string, whose quotes are escaped, nor as an attribute, whose value is an object.
 */
export function accessesOf(operation: string, body: string): StoreAccess[] {
  switch (operation) {
    case 'BatchGetItem':
    case 'BatchWriteItem': {
      const { RequestItems } = JSON.parse(body) as { RequestItems?: Record<string, unknown> };
      return Object.keys(RequestItems ?? {}).map((table) => ({ table, index: undefined, action: operation }));
    }
    case 'TransactGetItems':
    case 'TransactWriteItems': {
      const { TransactItems } = JSON.parse(body) as {
        TransactItems?: Record<string, { TableName: string }>[];
      };
      return (TransactItems ?? []).flatMap((item) =>
        Object.entries(item).map(([kind, { TableName }]) => ({
          table: TableName,
          index: undefined,
          action: TRANSACTION_ACTIONS[kind] ?? kind,
        })),
      );
    }
    default: {
      const table = /"TableName":"([^"]+)"/.exec(body)?.[1] ?? '';
      const index = operation === 'Query' || operation === 'Scan' ? /"IndexName":"([^"]+)"/.exec(body)?.[1] : undefined;
      return [{ table, index, action: operation }];
    }
  }
}
