/** How many times as long as usual the properties are looked at; a search for faults sets it to 10 or 100. */
const factor = Number(process.env.HOLDFAST_CAMPAIGN ?? 1);

/** Runs of a property: so many in the usual test run, more in a campaign. */
export const runs = (usual: number): number => Math.ceil(usual * factor);

/** What those runs may take, of what the usual ones may take. */
export const timeLimitMs = (usual: number): number => usual * Math.max(1, factor);
