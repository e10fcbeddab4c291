/** Factor on the runs of each property; a search for faults sets it to 10 or 100. */
const factor = Number(process.env.HOLDFAST_CAMPAIGN ?? 1);

/** Runs of a property: `usual` in a normal test run, more in a campaign. */
export const runs = (usual: number): number => Math.ceil(usual * factor);

/** Time-out for those runs, from the time-out of the usual ones. */
export const timeLimitMs = (usual: number): number => usual * Math.max(1, factor);
