/** Worked on at the same time: enough to hide the latency, few enough not to disturb those who wait for an answer. */
const concurrency = 8;

/** How a run over everything that was due went. */
export interface Sweep {
  readonly foundCount: number;
  /** Those for which there was something to do. */
  readonly doneCount: number;
  /** What could not be done now; it stays due. `id` is missing when the search itself failed. */
  readonly failed: readonly { readonly id?: string; readonly reason: unknown }[];
}

/**
 * Does something to each of what is found, page by page. One that fails does not keep the others waiting, and none is
 * swallowed.
 *
 * @param act answers whether there was anything to do.
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
