/** Ids processed at the same time: enough to hide the latency, few enough to leave capacity for requests. */
const concurrency = 8;

/** The result of a sweep over everything that is due. */
export interface Sweep {
  readonly foundCount: number;
  /** Items that the sweep changed. */
  readonly doneCount: number;
  /** Items that failed; they stay due. `id` is missing when the search itself failed. */
  readonly failed: readonly { readonly id?: string; readonly reason: unknown }[];
}

/**
 * Applies an action to every id, page by page. A failure does not stop the others, and every failure is reported in the
 * result.
 *
 * @param act returns whether it changed anything.
 */
export async function sweepEach(
  pages: AsyncIterable<readonly string[]>,
  act: (id: string) => Promise<boolean>,
): Promise<Sweep> {
  const failed: { id?: string; reason: unknown }[] = [];
  let foundCount = 0;
  let doneCount = 0;
  const work = async (queue: string[]): Promise<void> => {
    for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
      try {
        if (await act(id)) doneCount += 1;
      } catch (reason) {
        failed.push({ id, reason });
      }
    }
  };
  try {
    for await (const page of pages) {
      const queue = [...page];
      foundCount += queue.length;
      await Promise.all(Array.from({ length: concurrency }, () => work(queue)));
    }
  } catch (reason) {
    failed.push({ reason });
  }
  return { foundCount, doneCount, failed };
}
