export { dynamodbPlanReader, dynamodbPlanStore } from './adapters/dynamodb-plan-store.ts';
export { dynamodbShardStore } from './adapters/dynamodb-shard-store.ts';
export { dynamodbRebalancing, dynamodbSalePreparation } from './adapters/dynamodb-sharding.ts';
export {
  hotKeyOf,
  hotKeys,
  planCheck,
  planFrom,
  planKey,
  planPrefix,
  planPut,
  planRecords,
} from './adapters/plan-item.ts';
export { planRequest } from './adapters/plan-request.ts';
export { reportRebalancing } from './adapters/report-rebalancing.ts';
export { returned } from './adapters/return-units.ts';
export { countersFrom, entryPrefix, shardFrom, shardKey, shardPrefix, shardRecords } from './adapters/shard-item.ts';
export {
  debited,
  debitUpdates,
  moved,
  received,
  type ShardWrite,
  shardCheck,
  shardUpdate,
} from './adapters/shard-updates.ts';
export { planResource } from './adapters/stock-plan-resource.ts';
export type { BindingStore, VoidOutcome } from './commands/binding-store.ts';
export { changePlan, type PlanChangeDependencies } from './commands/change-plan.ts';
export { EntriesToDrop } from './commands/entries-to-drop.ts';
export { gatherUnits } from './commands/gather-units.ts';
export { type Contention, growWhenContended } from './commands/grow-when-contended.ts';
export { type KnownPlansDependencies, knownPlans, PlanCache } from './commands/known-plans.ts';
export type { PlanReader, PlanStore } from './commands/plan-store.ts';
export { planViewOf, prepareSale } from './commands/prepare-sale.ts';
export { hotSkuRebalancer } from './commands/rebalance-hot-skus.ts';
export { rebalanceWhileActive } from './commands/rebalance-while-active.ts';
export type { Closed, DebitOutcome, ShardStore } from './commands/shard-store.ts';
export {
  type BoundNonces,
  boundNonces,
  dropBoundEntries,
  type RepairDependencies,
  repairEntries,
  repairOldEntries,
  sweepJournals,
} from './commands/sweep-journals.ts';
export { type Debited, maxRedirects, undoDebit } from './commands/undo-debit.ts';
export { fitsOneWrite, withOneTarget } from './domain/gathering.ts';
export {
  availableIn,
  type JournalEntry,
  maxTransactionActions,
  type ReservedUnits,
  redirected,
  type ShardChange,
  type ShardCounters,
} from './domain/shard.ts';
export { spreadUnits } from './domain/shard-moves.ts';
export {
  allShardsOf,
  type Backorder,
  backorderShard,
  isHot,
  planWith,
  type ShardId,
  type SkuPlan,
  shardName,
  shardNames,
  shardsOf,
  type WithheldShard,
} from './domain/shard-plan.ts';
export { textHash } from './domain/text-hash.ts';
