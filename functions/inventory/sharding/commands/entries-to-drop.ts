import { maxDropped } from '../domain/shard.ts';
import { type ShardId, shardName } from '../domain/shard-plan.ts';

/** Shards remembered. Beyond that all are forgotten; then a sweep drops their entries. */
const maxShards = 10_000;

/** Journal entries whose reservations this process has written: its next debit of the shard drops them at no cost. */
export class EntriesToDrop {
  readonly #nonces = new Map<string, string[]>();

  add(shard: ShardId, nonce: string): void {
    if (this.#nonces.size >= maxShards) this.#nonces.clear();
    const name = shardName(shard);
    const nonces = this.#nonces.get(name);
    if (nonces === undefined) this.#nonces.set(name, [nonce]);
    else nonces.push(nonce);
  }

  /** As many as one debit drops. */
  of(shard: ShardId): readonly string[] {
    return (this.#nonces.get(shardName(shard)) ?? []).slice(0, maxDropped);
  }

  /** They have left the journal. */
  remove(shard: ShardId, dropped: readonly string[]): void {
    const name = shardName(shard);
    const left = (this.#nonces.get(name) ?? []).filter((nonce) => !dropped.includes(nonce));
    if (left.length === 0) this.#nonces.delete(name);
    else this.#nonces.set(name, left);
  }
}
