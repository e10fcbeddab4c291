import type { Snapshot } from '../domain/snapshot.ts';

/** The latest snapshots of hot SKUs, in a few copies. Each call is one request to the store. */
export interface SnapshotStore {
  /** Reads a copy, eventually consistent. */
  readSnapshot(sku: string, copy: number): Promise<Snapshot | undefined>;
  /** Writes a copy, unless a newer snapshot is stored. */
  writeSnapshot(copy: number, snapshot: Snapshot): Promise<void>;
  /**
   * Claims the next read of all shards for a copy: until the time `until`, or until the next snapshot is written, no
   * other process gets the claim. False where another process has it or no snapshot is stored.
   */
  claimRead(sku: string, copy: number, claim: { readonly now: number; readonly until: number }): Promise<boolean>;
}
