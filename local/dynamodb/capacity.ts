import { accessesOf, type ItemOperation } from './store-access.ts';

/** Bytes that one write unit pays for. */
const WRITE_UNIT_BYTES = 1024;

/** Asks the store to report what the call consumes, unless the caller asked already. */
export function askForCapacity(body: string): string {
  if (body.includes('"ReturnConsumedCapacity"')) return body;
  const field = body.length > 2 ? '{"ReturnConsumedCapacity":"TOTAL",' : '{"ReturnConsumedCapacity":"TOTAL"';
  return field + body.slice(1);
}

/** Units of a table, or several. */
export type Units = readonly [table: string, units: number][];

/** Units by table that the store reports in its answer (JSON). */
export function reportedUnits(answer: Buffer): Units {
  const start = answer.lastIndexOf('"ConsumedCapacity":');
  if (start < 0) return [];
  const text = answer.toString('latin1', start);
  const report = /"TableName":"([^"]+)","CapacityUnits":([\d.]+)/g;
  return [...text.matchAll(report)].map(([, table, units]) => [String(table), Number(units)]);
}

/**
 * Units that a refused conditional write costs all the same; the store, like AWS, does not report them. DynamoDB
 * takes the larger of the new and the existing item; only the new one is known here.
 */
export function unitsOfRefusedWrite({ name, kind }: ItemOperation, body: string): Units {
  if (kind !== 'write') return [];
  if (name !== 'TransactWriteItems') {
    const item = (JSON.parse(body) as { Item?: Attributes }).Item;
    return accessesOf(name, body).map(({ table }) => [table, writeUnits(item)]);
  }
  const { TransactItems } = JSON.parse(body) as {
    TransactItems: Record<string, { TableName: string; Item?: Attributes }>[];
  };
  return TransactItems.flatMap((part) =>
    Object.values(part).map(({ TableName, Item }): [string, number] => [TableName, 2 * writeUnits(Item)]),
  );
}

type Attributes = Record<string, unknown>;

function writeUnits(item: Attributes | undefined): number {
  if (!item) return 1;
  const bytes = Object.entries(item).reduce((sum, [name, value]) => sum + name.length + sizeOf(value), 0);
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

/** Size of an attribute value by DynamoDB's rules, near enough: text in bytes, numbers by digits, 3 for a container. */
function sizeOf(value: unknown): number {
  const [[type, content] = ['', '']] = Object.entries(value as Attributes);
  if (type === 'S' || type === 'B') return Buffer.byteLength(String(content));
  if (type === 'N') return Math.ceil(String(content).length / 2) + 1;
  if (type === 'L') return 3 + (content as unknown[]).reduce((sum: number, each) => sum + 1 + sizeOf(each), 0);
  if (type === 'M') {
    const entries = Object.entries(content as Attributes);
    return 3 + entries.reduce((sum, [name, each]) => sum + 1 + name.length + sizeOf(each), 0);
  }
  return Array.isArray(content) ? content.reduce((sum: number, each) => sum + String(each).length, 0) : 1;
}
