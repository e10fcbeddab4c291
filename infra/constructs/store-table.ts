import {
  type Attribute,
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
} from 'aws-cdk-lib/aws-dynamodb';
import { RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { Stage } from '../settings.ts';
import type { ServiceFunction } from './service-function.ts';

/** The actions that can be granted on a table. A transaction needs the actions of its parts. */
export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'Scan'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem';

export interface StoreIndex {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey: string;
}

export interface StoreTableProps {
  readonly stage: Stage;
  /** The environment variable for the table's name. */
  readonly variable: string;
  readonly partitionKey: string;
  readonly sortKey?: Attribute;
  /**
   * Indexes with string keys. Only the keys are projected, which keeps writes cheap; a reader fetches the items by key.
   */
  readonly indexes?: readonly StoreIndex[];
  readonly stream?: boolean;
  readonly timeToLiveAttribute?: string;
  /** Write units a second that the table and each of its indexes take as soon as they exist. Absent: 4,000. */
  readonly warmWrites?: number | undefined;
  /** The reason for having no point-in-time recovery in prod; absent when the table has it. */
  readonly unrecoverable?: string;
}

/** Read units a second of a new table, the least that can be configured. A sale reads less than it writes. */
const leastWarmReads = 12_000;

export const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });
export const count = (name: string): Attribute => ({ name, type: AttributeType.NUMBER });

/**
 * A table that is billed by request. In prod it survives the deletion of its stack, is protected from deletion and can be
 * recovered to any second; in dev it is deleted with the stack. `Action` limits what can be granted to functions.
 */
export class StoreTable<Action extends TableAction = TableAction> extends Table {
  readonly #variable: string;

  constructor(scope: Construct, id: string, props: StoreTableProps) {
    const prod = props.stage === 'prod';
    const warmth = warmThroughput(props.warmWrites);
    super(scope, id, {
      partitionKey: text(props.partitionKey),
      ...(props.sortKey && { sortKey: props.sortKey }),
      ...(props.stream && { stream: StreamViewType.NEW_IMAGE }),
      ...(props.timeToLiveAttribute && { timeToLiveAttribute: props.timeToLiveAttribute }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...warmth,
      removalPolicy: prod ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
      deletionProtection: prod,
      ...(prod &&
        props.unrecoverable === undefined && {
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        }),
    });
    this.#variable = props.variable;
    for (const index of props.indexes ?? []) {
      this.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: text(index.partitionKey),
        sortKey: text(index.sortKey),
        projectionType: ProjectionType.KEYS_ONLY,
        ...warmth,
      });
    }
    const unrecoverable = prod ? props.unrecoverable : 'Data of a dev stage is disposable.';
    if (unrecoverable !== undefined)
      Validations.of(this).acknowledge({ id: 'AwsSolutions-DDB3', reason: unrecoverable });
  }

  /** Gives the function the table's name and allows these actions on its items. */
  grantTo(user: ServiceFunction, ...actions: readonly Action[]): void {
    user.addEnvironment(this.#variable, this.tableName);
    user.allow(actions.map(inIam), [this.tableArn]);
  }

  /** Gives the function the table's name and allows it to query these indexes. */
  grantIndexesTo(user: ServiceFunction, ...indexNames: readonly string[]): void {
    user.addEnvironment(this.#variable, this.tableName);
    user.allow(
      ['dynamodb:Query'],
      indexNames.map((name) => `${this.tableArn}/index/${name}`),
    );
  }
}

/** An action on items by their keys, or on one partition. A scan has no keys, so it cannot be limited to kinds of items. */
export type ItemAction = Exclude<TableAction, 'Scan'>;

/** Items of some kinds, for grants on them. */
export interface ItemsOfKinds {
  /** Gives the function the table's name and allows these actions on items of these kinds. */
  grantTo(user: ServiceFunction, ...actions: readonly ItemAction[]): void;
}

/**
 * A table that holds items of several kinds, told apart by the prefixes of their partition keys. A function may only use items of
 * the kinds that it is granted: IAM compares the keys that a call names, `dynamodb:LeadingKeys`, with the prefixes. Only a scan
 * is granted on the whole table.
 *
 * Grant each action of a transaction on the kinds of all its items: AWS does not document whether the keys of a transaction are
 * compared item by item or all at once, and such a grant permits it in both cases.
 */
export class TableOfKinds<Kind extends string> extends StoreTable<'Scan'> {
  readonly #prefixes: Readonly<Record<Kind, string>>;
  readonly #variableOfName: string;

  constructor(
    scope: Construct,
    id: string,
    { kinds, ...props }: StoreTableProps & { kinds: Readonly<Record<Kind, string>> },
  ) {
    super(scope, id, props);
    this.#prefixes = kinds;
    this.#variableOfName = props.variable;
  }

  items(...kinds: readonly [Kind, ...Kind[]]): ItemsOfKinds {
    return {
      grantTo: (user, ...actions) => {
        user.addEnvironment(this.#variableOfName, this.tableName);
        user.allow(actions.map(inIam), [this.tableArn], {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': kinds.map((kind) => `${this.#prefixes[kind]}*`) },
        });
      },
    };
  }
}

/**
 * The warm throughput of the table and of each index. Indexes are partitioned like tables, and one with less throttles
 * the writes of its table.
 */
function warmThroughput(writes: number | undefined) {
  if (writes === undefined) return {};
  return {
    warmThroughput: { writeUnitsPerSecond: writes, readUnitsPerSecond: Math.max(leastWarmReads, writes) },
  };
}

function inIam(action: TableAction): string {
  return `dynamodb:${action}`;
}
