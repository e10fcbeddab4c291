/** The seed of the random tests: a new one each time, or the given one to repeat a failure. */
export function sagaSeed(): number {
  return Number(process.env.HOLDFAST_SAGA_SEED ?? Date.now() % 2 ** 31);
}
