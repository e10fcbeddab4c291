import type { Commit } from '../domain/commit.ts';

/** The truth about orders: commits that are only ever added. */
export interface OrderLog {
  /**
   * Adds one commit, validated against the event catalog, if its version is the next one.
   *
   * @returns `conflict` when that version exists already, be it somebody else's or an earlier try of this one.
   */
  append(commit: Commit): Promise<'committed' | 'conflict'>;
  /** All commits of an order, oldest first, read consistently; empty when there is no such order. */
  read(orderId: string): Promise<readonly Commit[]>;
  /** The commit that placed the order. */
  first(orderId: string): Promise<Commit | undefined>;
}
