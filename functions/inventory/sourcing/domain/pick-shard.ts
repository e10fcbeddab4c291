/** What a shard whose units are not known counts for beside those whose units are. */
const unknownWeight = 1;

/**
 * Picks one shard that has, as far as is known, the quantity: the process's home as long as it does, else one by lot,
 * the more units the likelier. Processes with different homes draw different lots, and the same process the same one
 * again: were they all to take the next shard with units, they would meet at the same few, fail there, and fill their
 * journals beyond a kilobyte.
 *
 * @param shards units for sale by shard, Infinity where unknown.
 */
export function pickShard(shards: readonly number[], quantity: number, home: number): number | undefined {
  const first = home % shards.length;
  if ((shards[first] ?? 0) >= quantity) return first;
  let best: number | undefined;
  let bestScore = Number.POSITIVE_INFINITY;
  for (const [shard, units] of shards.entries()) {
    if (units < quantity) continue;
    // Of independent exponential waits, the shortest falls to each shard as often as its weight says.
    const score = -Math.log(lotOf(home, shard)) / (units === Number.POSITIVE_INFINITY ? unknownWeight : units);
    if (score < bestScore) [best, bestScore] = [shard, score];
  }
  return best;
}

/** A number between 0 and 1 (both exclusive), always the same for two numbers and as good as independent for any others. */
function lotOf(home: number, shard: number): number {
  let bits = Math.imul(home + 1, 0x9e3779b1) ^ Math.imul(shard + 1, 0x85ebca77);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32 + 2 ** -33;
}
