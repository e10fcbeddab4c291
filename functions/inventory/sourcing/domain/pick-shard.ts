/** The weight of a shard whose units are not known beside those whose units are. */
const unknownWeight = 1;

/**
 * Picks one shard that has, as far as is known, the quantity: the process's home shard as long as that has it, else one
 * by a weighted draw, in which more units make a shard more likely. Processes with different homes draw differently;
 * the same process draws the same shard again. If every process took the next shard with units instead, they would meet
 * in the same few, fail there, and fill the journals of these shards beyond a kilobyte.
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
    // Of independent exponential waiting times, each is the shortest with a probability in proportion to its weight.
    const score = -Math.log(drawOf(home, shard)) / (units === Number.POSITIVE_INFINITY ? unknownWeight : units);
    if (score < bestScore) [best, bestScore] = [shard, score];
  }
  return best;
}

/**
 * A number between 0 and 1 (both exclusive) that depends on the two arguments alone; different arguments give
 * practically independent numbers.
 */
function drawOf(home: number, shard: number): number {
  let bits = Math.imul(home + 1, 0x9e3779b1) ^ Math.imul(shard + 1, 0x85ebca77);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32 + 2 ** -33;
}
