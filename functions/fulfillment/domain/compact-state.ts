import * as z from 'zod/mini';
import { tolerant } from '../../../events/tolerant.ts';
import * as vocabulary from '../../../events/vocabulary.ts';

/**
 * Lines of an order above which its sagas have short lines and no titles. The state of a saga may have 256 KiB, and that of
 * an order of 500 lines from three locations would have more. Below, the state stays as every version of the steps reads it.
 */
const maxFullLines = 50;

const lineQuantity = tolerant(vocabulary.lineQuantity);
/** The line's id and the quantity. The order's line in the same state has the SKU. */
const shortLine = z.tuple([vocabulary.text, vocabulary.count]);

/**
 * The lines of a part in a saga's state, short or full. The type is that of the lines after {@link withFullLines}, which
 * every schema that has them applies.
 */
export const stateLines = z.array(z.union([lineQuantity, shortLine])) as unknown as z.ZodMiniArray<typeof lineQuantity>;

type StateLine = z.output<typeof lineQuantity> | z.output<typeof shortLine>;

interface Part {
  readonly lines: readonly z.output<typeof lineQuantity>[];
}

/** Whether an order has too many lines for full ones in its saga's state. */
export function isCompact(orderLines: readonly unknown[] | undefined): boolean {
  return (orderLines?.length ?? 0) > maxFullLines;
}

/**
 * Parts of an order, such as allocations, for the answer of a step: with short lines for a large order.
 *
 * @param orderLines the order's lines in the saga's state; undefined where the state has none, and the parts stay full.
 */
export function compactParts<Each extends Part>(
  parts: readonly Each[],
  orderLines: readonly unknown[] | undefined,
): (Omit<Each, 'lines'> & { readonly lines: StateLine[] })[] {
  const isShort = isCompact(orderLines);
  return parts.map((part) => ({
    ...part,
    lines: part.lines.map((line): StateLine => (isShort ? [line.lineId, line.quantity] : line)),
  }));
}

interface State<Allocation, Shipment> {
  readonly order?: { readonly lines: readonly { readonly lineId: string; readonly sku: string }[] } | undefined;
  stock?: { allocations: Allocation[] } | undefined;
  shipments?: Shipment[] | undefined;
  undone?: { stock?: { released: Allocation[] } | undefined } | undefined;
}

/**
 * A saga's state with full lines in every answer.
 *
 * @throws Error for a short line that the order does not have.
 */
export function withFullLines<Allocation extends Part, Shipment extends Part, Each extends State<Allocation, Shipment>>(
  state: Each & State<Allocation, Shipment>,
): Each {
  const skus = new Map(state.order?.lines.map(({ lineId, sku }) => [lineId, sku]));
  const full = <Some extends Part>(parts: readonly Some[]): Some[] =>
    parts.map((part) => ({ ...part, lines: part.lines.map((line) => fullLine(line, skus)) }));
  const { stock, shipments, undone } = state;
  return {
    ...state,
    ...(stock && { stock: { ...stock, allocations: full(stock.allocations) } }),
    ...(shipments && { shipments: full(shipments) }),
    ...(undone?.stock && { undone: { ...undone, stock: { released: full(undone.stock.released) } } }),
  };
}

function fullLine(line: StateLine, skus: ReadonlyMap<string, string>): z.output<typeof lineQuantity> {
  if (!Array.isArray(line)) return line;
  const [lineId, quantity] = line;
  const sku = skus.get(lineId);
  if (sku === undefined) throw new Error(`the order in the saga's state has no line ${lineId}`);
  return { lineId, sku, quantity };
}
