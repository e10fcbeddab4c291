import type { Commit } from '../domain/commit.ts';

/** The log of orders, from which all other data about them is derived. Commits are only added, never changed. */
export interface OrderLog {
  /**
   * Adds one commit, validated against the event catalog, if its version is the next one.
   *
   * @returns `conflict` when that version exists already, written by another command or by an earlier attempt of this one.
   */
  append(commit: Commit): Promise<'committed' | 'conflict'>;
  /** All commits of an order, oldest first, read consistently; empty when there is no such order. */
  read(orderId: string): Promise<readonly Commit[]>;
  /** The commit that placed the order. */
  first(orderId: string): Promise<Commit | undefined>;
}
