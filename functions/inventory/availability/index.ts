export { dynamodbAvailability } from './adapters/dynamodb-availability.ts';
export { levelStore } from './adapters/dynamodb-level-store.ts';
export { dynamodbSnapshotStore, snapshotKey } from './adapters/dynamodb-snapshot-store.ts';
export { checkedEvent, levelEventsOf, stockStreamConsumer } from './adapters/stock-stream-consumer.ts';
export { type AnnouncementDependencies, announceLevels } from './commands/announce-levels.ts';
export { forgettingReturns, ShardCounts } from './commands/shard-counts.ts';
export { claimRead, newestSnapshots, publishSnapshot, SnapshotCache } from './commands/snapshot-cache.ts';
export type { SnapshotStore } from './commands/snapshot-store.ts';
export { availabilityOf, type LevelDependencies, stockLevels } from './commands/stock-levels.ts';
export {
  clockSkewMs,
  insufficientIn,
  isClaimed,
  type Snapshot,
  showsCrowd,
  showsReturns,
  showsWhere,
} from './domain/snapshot.ts';
export type { SkuLevels } from './domain/stock-level.ts';
