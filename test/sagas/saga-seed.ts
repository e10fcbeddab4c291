/** What the stories of sagas are drawn from: another number each time, or the one that repeats a failure. */
export function sagaSeed(): number {
  return Number(process.env.HOLDFAST_SAGA_SEED ?? Date.now() % 2 ** 31);
}
