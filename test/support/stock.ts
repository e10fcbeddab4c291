import type { MemoryStores } from '../../bench/inventory-simulator/memory-stores.ts';
import { availabilityOf, dynamodbAvailability, stockLevels } from '../../functions/inventory/availability/index.ts';
import {
  allocateBackorders,
  dynamodbBackorderAllocation,
  dynamodbBackorderSetting,
  dynamodbLevels,
  dynamodbReserveOrBackorder,
  leaveQueue,
  reserveOrBackorder,
  setBackorder,
} from '../../functions/inventory/backorders/index.ts';
import {
  bookAdjustment,
  bookCount,
  bookMove,
  bookReceipt,
  dynamodbCounting,
  dynamodbReceipts,
  type Receipt,
  setSafetyStock,
} from '../../functions/inventory/ledger/index.ts';
import {
  commitShipment,
  confirmReservation,
  dynamodbBindingStore,
  dynamodbConfirmation,
  dynamodbDebits,
  dynamodbReservationChanges,
  expireHold,
  type ReleaseExtent,
  type ReserveAnswer,
  type ReserveOptions,
  releaseReservation,
  reserveDependencies,
  type reserveProcess,
  returnDebits,
  type StockRequest,
} from '../../functions/inventory/reservations/index.ts';
import {
  type Backorder,
  changePlan,
  dynamodbRebalancing,
  dynamodbSalePreparation,
  hotSkuRebalancer,
  knownPlans,
  planViewOf,
  planWith,
  prepareSale,
  sweepJournals,
} from '../../functions/inventory/sharding/index.ts';
import type { Instant } from '../../functions/shared/kernel/time.ts';
import { tableAccess } from '../../functions/shared/table-access.ts';

/** A request to reserve. Without `placedAt` the order was placed at the time of the request. */
type Request = StockRequest & { readonly placedAt?: Instant; readonly orderVersion?: number };

/** The dependencies of the functions, composed as in their entry points. */
interface Composition {
  readonly reserving: Parameters<typeof reserveOrBackorder>[2];
  readonly confirmation: Parameters<typeof confirmReservation>[2];
  readonly changes: Parameters<typeof releaseReservation>[2];
  readonly receipts: Parameters<typeof bookReceipt>[2];
  readonly posting: Parameters<typeof bookCount>[1];
  readonly levels: Parameters<typeof stockLevels>[1];
  readonly availability: Parameters<typeof availabilityOf>[1];
  readonly setting: Parameters<typeof setBackorder>[2];
  readonly allocation: Parameters<typeof allocateBackorders>[2];
  readonly debits: Parameters<typeof returnDebits>[2];
  readonly preparation: Parameters<typeof prepareSale>[3];
  readonly rebalancing: Parameters<typeof hotSkuRebalancer>[0];
}

/** One execution environment of each function that changes or reads the stock. */
export type Stock = ReturnType<typeof stockOf>;

function stockOf(functions: Composition) {
  const { reserving, changes, receipts, posting, preparation, rebalancing, allocation } = functions;
  return {
    functions,
    async reserve(request: Request, now: Instant) {
      const saga = { placedAt: now, correlationId: request.orderId, traceparent: '', orderVersion: 1 };
      return (await reserveOrBackorder({ ...saga, ...request }, now, reserving)) as ReserveAnswer;
    },
    confirm: (orderId: string, now: Instant) => confirmReservation(orderId, now, functions.confirmation),
    release: (orderId: string, extent: ReleaseExtent = 'unshipped') => releaseReservation(orderId, extent, changes),
    /** Releases everything and leaves the queue, as the undo step of the saga does. */
    async cancel(orderId: string, extent: ReleaseExtent = 'unshipped') {
      const released = await releaseReservation(orderId, extent, changes);
      await leaveQueue(orderId, allocation);
      return released;
    },
    returnDebits: (orderId: string, skus: readonly string[]) => returnDebits(orderId, skus, functions.debits),
    setBackorder: (sku: string, wanted: Backorder | undefined) => setBackorder(sku, wanted, functions.setting),
    fillBackorders: (sku: string, expiresAt: Instant, joined?: Parameters<typeof allocateBackorders>[3]) =>
      allocateBackorders(sku, expiresAt, allocation, joined),
    expire: (orderId: string, now: Instant) => expireHold(orderId, now, changes),
    commit: (shipment: Parameters<typeof commitShipment>[0]) => commitShipment(shipment, changes),
    receive: (receipt: Receipt, at: Instant) => bookReceipt(receipt, at, receipts),
    adjust: (adjustment: Parameters<typeof bookAdjustment>[0]) => bookAdjustment(adjustment, posting),
    count: (count: Parameters<typeof bookCount>[0]) => bookCount(count, posting),
    move: (move: Parameters<typeof bookMove>[0]) => bookMove(move, posting),
    setSafetyStock: (wish: Parameters<typeof setSafetyStock>[0]) => setSafetyStock(wish, posting),
    levels: (sku: string) => stockLevels(sku, functions.levels),
    async availability(skus: readonly string[]) {
      const found = await availabilityOf(skus, functions.availability);
      return new Map([...found].map(([sku, { units }]) => [sku, units]));
    },
    prepare: (sku: string, request: Parameters<typeof prepareSale>[1], now: Instant) =>
      prepareSale(sku, request, now, preparation),
    planOf: (sku: string) => planViewOf(sku, preparation),
    rebalance: hotSkuRebalancer(rebalancing),
    sweep: (skus: readonly string[]) => sweepJournals(skus, rebalancing),
    /** Makes the reserving function cache the plans of these SKUs. */
    warm: (skus: readonly string[]) => knownPlans(skus, reserving),
    /** Gives a location at least this many shards; new ones are empty until the next receipt. */
    plan: (sku: string, { location, shards }: { readonly location: string; readonly shards: number }) =>
      changePlan(sku, preparation, (before) => planWith(before, sku, location, shards)),
  };
}

/** The functions on a table. */
export function openStock(table: string, options: ReserveOptions = {}): Stock {
  const { nonce: _nonce, ...withClock } = options;
  const { clock: _clock, ...access } = withClock;
  const reserving = dynamodbReserveOrBackorder(table, options);
  return stockOf({
    reserving,
    confirmation: dynamodbConfirmation(table, access),
    changes: dynamodbReservationChanges(table, access),
    receipts: dynamodbReceipts(table, access),
    posting: dynamodbCounting(table, withClock),
    levels: dynamodbLevels(table, access),
    availability: dynamodbAvailability(table, withClock),
    setting: dynamodbBackorderSetting(table, access),
    allocation: dynamodbBackorderAllocation(table, options),
    debits: dynamodbDebits(table, options),
    preparation: dynamodbSalePreparation(table, access),
    rebalancing: dynamodbRebalancing(table, dynamodbBindingStore(tableAccess(table, access)), withClock),
  });
}

/** The functions on stores in memory. */
export function memoryStock(stores: MemoryStores, process: ReturnType<typeof reserveProcess>): Stock {
  const { pace } = process;
  const { shards, reservations, ledger, planQueues, queue, stock } = stores;
  const reserving = { ...reserveDependencies(stores, process), queue };
  const preparation = { plans: stores.planStore, shards, pace };
  return stockOf({
    reserving,
    confirmation: { holds: stores.holds, pace },
    changes: { reservations, pace },
    receipts: { ledger, planQueues, shards, pace },
    posting: { ledger, shards, pace, reservedOrders: { at: async () => ({ orders: [], complete: false }) } },
    levels: { planQueues, shards },
    availability: { planReader: stores.planReader, plans: process.plans, locations: process.locations, shards },
    setting: { plans: stores.planStore, queue, pace },
    allocation: { ...process, bindings: stores.bindings, queue, planQueues, stock, shards },
    debits: { ...process, bindings: stores.bindings, plans: stores.planStore, shards },
    preparation,
    rebalancing: { ...preparation, bindings: stores.bindings, bound: process.bound, nowMs: process.nowMs },
  });
}
