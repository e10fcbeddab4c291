import { maxDropped } from '../domain/shard.ts';
import { type ShardId, shardName } from '../domain/shard-plan.ts';

/** Most shards remembered. When there are more, all are forgotten, and a sweep drops their entries. */
const maxShards = 10_000;

/**
 * The journal entries whose reservations this process has written. Its next debit of the same shard drops them at no
 * cost.
 */
export class EntriesToDrop {
  readonly #nonces = new Map<string, string[]>();

  /** Remembers an entry that a reservation now binds. */
  add(shard: ShardId, nonce: string): void {
    if (this.#nonces.size >= maxShards) this.#nonces.clear();
    const name = shardName(shard);
    const nonces = this.#nonces.get(name);
    if (nonces === undefined) this.#nonces.set(name, [nonce]);
    else nonces.push(nonce);
  }

  /** The nonces that the next debit of the shard drops. */
  of(shard: ShardId): readonly string[] {
    return (this.#nonces.get(shardName(shard)) ?? []).slice(0, maxDropped);
  }

  /** Forgets entries that have left the journal. */
  remove(shard: ShardId, dropped: readonly string[]): void {
    const name = shardName(shard);
    const left = (this.#nonces.get(name) ?? []).filter((nonce) => !dropped.includes(nonce));
    if (left.length === 0) this.#nonces.delete(name);
    else this.#nonces.set(name, left);
  }
}
