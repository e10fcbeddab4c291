/** Multiplies the runs of property tests; a search for faults sets it to 10 or 100. */
const factor = Number(process.env.HOLDFAST_CAMPAIGN ?? 1);

/** Runs of a property: `usual` in a normal test run, a multiple in a search for faults. */
export const runs = (usual: number): number => Math.ceil(usual * factor);

/** Time limit of these runs in milliseconds, given the limit of a normal test run. */
export const timeLimitMs = (usual: number): number => usual * Math.max(1, factor);
