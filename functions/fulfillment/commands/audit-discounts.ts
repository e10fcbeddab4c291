import type { Order } from '../../orders/index.ts';
import { type DiscountStore, type DiscountUses, isLimited } from '../../pricing/index.ts';
import { isRefusal } from '../../shared/kernel/refusal.ts';
import { type DiscountFinding, mayHaveUse } from '../domain/audit-discount.ts';

/** Discounts of a page, and orders of which one audit reads the log. */
const pageSize = 100;
const maxOrders = 5_000;
/** Counts of a discount, because orders come and go between the count and the list. A difference that passes is none. */
const looks = 3;

export interface DiscountAudit {
  readonly findings: readonly DiscountFinding[];
  /** Uses whose orders were read. */
  readonly checkedCount: number;
  /** Whether there were more uses than one audit reads. */
  readonly more: boolean;
}

interface Dependencies {
  readonly discounts: Pick<DiscountStore, 'list'>;
  readonly uses: Pick<DiscountUses, 'count' | 'has' | 'usingOrders'>;
  /** From the order's log, strongly consistent. */
  readonly load: (orderId: string) => Promise<Order | undefined>;
}

/**
 * Compares the count of each discount with the orders that have a counted use, and these with the orders that live. It changes
 * nothing. A use whose order does not exist is a finding.
 */
export async function auditDiscounts(dependencies: Dependencies): Promise<DiscountAudit> {
  const findings: DiscountFinding[] = [];
  let left = maxOrders;
  for await (const code of limitedCodesOf(dependencies)) {
    const counted = await countDifference(code, dependencies);
    if (counted !== undefined) findings.push(counted);
    for await (const page of dependencies.uses.usingOrders(code)) {
      const checked = page.slice(0, left);
      left -= checked.length;
      for (const { orderId } of checked) {
        if (mayHaveUse(await dependencies.load(orderId))) continue;
        // The order may have ended, and released its use, since the page was read.
        if (!(await dependencies.uses.has(code, orderId))) continue;
        findings.push({ kind: 'order_ended', code, orderId, expected: 0, found: 1 });
      }
    }
  }
  return { findings, checkedCount: maxOrders - left, more: left === 0 };
}

async function* limitedCodesOf({ discounts }: Pick<Dependencies, 'discounts'>): AsyncGenerator<string> {
  let cursor: string | undefined;
  do {
    const page = await discounts.list(pageSize, cursor);
    if (isRefusal(page)) throw new Error(`the list of discounts refused its own cursor: ${page.refused.detail}`);
    for (const discount of page.discounts) if (isLimited(discount)) yield discount.code;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** The difference between the count and the list, unless one of several looks shows none. */
async function countDifference(
  code: string,
  { uses }: Pick<Dependencies, 'uses'>,
): Promise<DiscountFinding | undefined> {
  let finding: DiscountFinding | undefined;
  for (let look = 0; look < looks; look++) {
    const before = await uses.count(code);
    let expected = 0;
    for await (const page of uses.usingOrders(code)) expected += page.filter(({ counted }) => counted).length;
    const found = await uses.count(code);
    if (before === expected || found === expected) return undefined;
    finding = { kind: 'count_differs', code, expected, found };
  }
  return finding;
}
