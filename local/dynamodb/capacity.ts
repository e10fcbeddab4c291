import { accessesOf, type ItemOperation } from './store-access.ts';

/** Bytes that one write unit covers. */
const WRITE_UNIT_BYTES = 1024;

/** Adds to a call's input (JSON text) the request to report the consumed capacity, unless the input contains it. */
export function askForCapacity(body: string): string {
  if (body.includes('"ReturnConsumedCapacity"')) return body;
  const field = body.length > 2 ? '{"ReturnConsumedCapacity":"TOTAL",' : '{"ReturnConsumedCapacity":"TOTAL"';
  return field + body.slice(1);
}

/** Capacity units by table. */
export type Units = readonly [table: string, units: number][];

/** The units by table that an answer of the store reports. */
export function reportedUnits(answer: string): Units {
  const start = answer.lastIndexOf('"ConsumedCapacity":');
  if (start < 0) return [];
  const report = /"TableName":"([^"]+)","CapacityUnits":([\d.]+)/g;
  return [...answer.slice(start).matchAll(report)].map(([, table, units]) => [String(table), Number(units)]);
}

/**
 * The units that a refused conditional write consumes; like AWS, the store does not report them. DynamoDB counts the
 * larger of the new and the existing item; only the new one is known here.
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

/** Approximate size of an attribute value by DynamoDB's rules: text in bytes, numbers by digits, 3 for a container. */
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
