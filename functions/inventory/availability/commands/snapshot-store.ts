import type { Snapshot } from '../domain/snapshot.ts';

/** The latest snapshots of hot SKUs, in a few copies. Each call is one request to the store. */
export interface SnapshotStore {
  /** May be a moment old. */
  readSnapshot(sku: string, copy: number): Promise<Snapshot | undefined>;
  /** Never over a snapshot that is newer. */
  writeSnapshot(copy: number, snapshot: Snapshot): Promise<void>;
}
