import {
  type DueOrders,
  foldOrder,
  type OrderLog,
  type OrdersPage,
  orderIdOfDueKey,
  type Unfinished,
  unfinishedOf,
} from '../../orders/index.ts';
import { addSeconds, type Instant } from '../../shared/kernel/time.ts';

/** Orders whose log one audit reads. */
const maxLogs = 5_000;
/** Logs read at the same time. */
const concurrency = 16;
/** Seconds that an order may be overdue before it is a finding: resume-unfinished has tried several times by then. */
const patienceSeconds = 1_800;
/** After every time at which an order can be due. */
const endOfTime = '9999' as Instant;

/** A part of an order that should have ended long ago. */
export interface UnfinishedOrder {
  readonly orderId: string;
  readonly reason: Unfinished['reason'];
  readonly shipmentId?: string;
  readonly dueAt: Instant;
}

export interface UnfinishedAudit {
  readonly unfinished: readonly UnfinishedOrder[];
  /** Whether there were more orders under way than one audit reads. */
  readonly moreUnderWay: boolean;
}

/**
 * Finds orders of which a saga should have ended, by their logs. Orders that wait for a person or for stock are not
 * findings.
 */
export async function auditUnfinished(
  deps: {
    readonly log: Pick<OrderLog, 'read'>;
    readonly due: Pick<DueOrders, 'oldest'>;
    /** Orders that the lists show as placed; they are under way whether or not the index of due orders has them. */
    readonly placed: () => AsyncIterable<OrdersPage>;
  },
  now: Instant,
): Promise<UnfinishedAudit> {
  const orderIds = new Set((await deps.due.oldest(undefined, endOfTime, maxLogs)).map(orderIdOfDueKey));
  for await (const page of deps.placed()) for (const orderId of page.orderIds) orderIds.add(orderId);
  const queue = [...orderIds].slice(0, maxLogs);
  const unfinished: UnfinishedOrder[] = [];
  const latest = addSeconds(now, -patienceSeconds);
  const work = async (): Promise<void> => {
    for (let orderId = queue.shift(); orderId !== undefined; orderId = queue.shift()) {
      unfinished.push(...overdueParts(orderId, await deps.log.read(orderId), latest));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { unfinished, moreUnderWay: orderIds.size >= maxLogs };
}

function overdueParts(
  orderId: string,
  commits: Awaited<ReturnType<OrderLog['read']>>,
  latest: Instant,
): UnfinishedOrder[] {
  const order = foldOrder(commits);
  // How long stock is held concerns only the parts that are left out here.
  const parts = order === undefined ? [] : unfinishedOf(order, 0);
  return parts
    .filter(({ reason, dueAt }) => reason !== 'hold' && reason !== 'backorder' && dueAt <= latest)
    .map((part) => ({
      orderId,
      reason: part.reason,
      ...(part.reason === 'dispatch' && { shipmentId: part.shipmentId }),
      dueAt: part.dueAt,
    }));
}
