import type { TableModel } from '../template/app.ts';
import type { StoreAccess } from './store-access.ts';

/** Name of the partition key of a table or of one of its indexes. */
export type PartitionKey = (table: string, index: string | undefined) => string;

type Attributes = Readonly<Record<string, { readonly S?: string; readonly N?: string } | undefined>>;

interface Part {
  readonly Key?: Attributes;
  readonly Item?: Attributes;
}

interface Input extends Part {
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly Attributes[] }>>;
  readonly TransactItems?: readonly Readonly<Record<string, Part>>[];
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
}

/** The partition keys by the tables' definitions. */
export function partitionKeys(tables: readonly Pick<TableModel, 'name' | 'definition'>[]): PartitionKey {
  interface Keyed {
    readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  }
  interface Definition extends Keyed {
    readonly GlobalSecondaryIndexes?: readonly (Keyed & { readonly IndexName: string })[];
  }
  const hashOf = ({ KeySchema }: Keyed) => KeySchema.find(({ KeyType }) => KeyType === 'HASH')?.AttributeName ?? '';
  const names = new Map(
    tables.flatMap(({ name, definition }) => {
      const { GlobalSecondaryIndexes = [], ...table } = definition as unknown as Definition;
      const ofIndexes = GlobalSecondaryIndexes.map((index) => [`${name}/${index.IndexName}`, hashOf(index)] as const);
      return [[name, hashOf(table)] as const, ...ofIndexes];
    }),
  );
  return (table, index) => names.get(index === undefined ? table : `${table}/${index}`) ?? '';
}

/**
 * What `dynamodb:LeadingKeys` contains for the parts of one call. The body is parsed when a grant depends on it, since most
 * do not.
 */
export class LeadingKeysOfCall {
  readonly #operation: string;
  readonly #body: string;
  readonly #partitionKey: PartitionKey;
  #parsed: Input | undefined;

  constructor(operation: string, body: string, partitionKey: PartitionKey) {
    this.#operation = operation;
    this.#body = body;
    this.#partitionKey = partitionKey;
  }

  /** @param position of the access among those of the call: a transaction has one for each of its items. */
  of({ table, index }: Pick<StoreAccess, 'table' | 'index'>, position: number): readonly string[] {
    this.#parsed ??= JSON.parse(this.#body) as Input;
    const input = this.#parsed;
    const name = this.#partitionKey(table, index);
    switch (this.#operation) {
      case 'Scan':
        return [];
      case 'Query':
        return queriedKey(input, name);
      case 'BatchGetItem':
        return (input.RequestItems?.[table]?.Keys ?? []).map((key) => keyIn(key, name));
      case 'TransactGetItems':
      case 'TransactWriteItems': {
        const parts = (input.TransactItems ?? []).flatMap((item) => Object.values(item));
        return [keyOf(parts[position] ?? {}, name)];
      }
      default:
        return [keyOf(input, name)];
    }
  }
}

function keyOf({ Key, Item }: Part, name: string): string {
  return keyIn(Key ?? Item ?? {}, name);
}

function keyIn(attributes: Attributes, name: string): string {
  return attributes[name]?.S ?? attributes[name]?.N ?? '';
}

/** The value that the key condition compares the partition key with; '' when it is not found, which no grant allows. */
function queriedKey(input: Input, partitionKey: string): string[] {
  const comparisons = (input.KeyConditionExpression ?? '').matchAll(/(#?\w+)\s*=\s*(:\w+)/g);
  for (const [, name = '', value = ''] of comparisons) {
    if ((input.ExpressionAttributeNames?.[name] ?? name) === partitionKey) {
      return [keyIn({ value: input.ExpressionAttributeValues?.[value] }, 'value')];
    }
  }
  return [''];
}
