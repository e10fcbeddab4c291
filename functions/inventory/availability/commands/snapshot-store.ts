import type { Snapshot } from '../domain/snapshot.ts';

/** The latest snapshots of hot SKUs, in a few copies. Each call is one request to the store. */
export interface SnapshotStore {
  /** Reads a copy, eventually consistent. */
  readSnapshot(sku: string, copy: number): Promise<Snapshot | undefined>;
  /** Writes a copy, unless a newer snapshot is stored. */
  writeSnapshot(copy: number, snapshot: Snapshot): Promise<void>;
}
