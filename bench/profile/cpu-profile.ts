import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The parts of Chrome's `.cpuprofile` format that are read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      /** From 0. */
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

/** Where a function is. Lines and columns count from 0; `url` is empty for what is not JavaScript. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

export interface FrameTime {
  /** Whose thread it is: the runner's own (`main`), or a host's; later, whose code. */
  readonly thread: string;
  readonly frame: Frame;
  /** Time in the function itself, without what it calls. */
  readonly selfMs: number;
}

/** Self time of every function in all profiles of a directory. */
export function readProfiles(directory: string): FrameTime[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.cpuprofile'));
  return files.flatMap((name) =>
    selfTimes(basename(name, '.cpuprofile'), JSON.parse(readFileSync(join(directory, name), 'utf8')) as CpuProfile),
  );
}

/** Shares the time between samples out to the functions that the samples found running. */
export function selfTimes(thread: string, { nodes, samples, timeDeltas }: CpuProfile): FrameTime[] {
  const micros = new Map<number, number>();
  for (const [index, id] of samples.entries()) {
    // A delta is the time before its sample; what ran in it is what the sample before found.
    micros.set(id, (micros.get(id) ?? 0) + (timeDeltas[index + 1] ?? 0));
  }
  return nodes.flatMap(({ id, callFrame: { functionName, url, lineNumber: line, columnNumber: column } }) => {
    const time = micros.get(id) ?? 0;
    return time > 0 ? [{ thread, frame: { functionName, url, line, column }, selfMs: time / 1000 }] : [];
  });
}
