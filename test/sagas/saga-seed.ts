/** The seed of random saga tests: a new number in each run, or the given one, which repeats a failure. */
export function sagaSeed(): number {
  return Number(process.env.HOLDFAST_SAGA_SEED ?? Date.now() % 2 ** 31);
}
