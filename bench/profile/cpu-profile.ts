import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The fields of Chrome's `.cpuprofile` format that are read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      /** Counted from 0. */
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** Microseconds since the previous sample. */
  readonly timeDeltas: readonly number[];
}

/** The place of a function. Lines and columns count from 0; `url` is empty for native code. */
export interface Frame {
  readonly functionName: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

export interface FrameTime {
  /** The thread of the profile: `main` or a worker; in a located profile, the owner of the code. */
  readonly thread: string;
  readonly frame: Frame;
  /** Milliseconds in the function itself, without its callees. */
  readonly selfMs: number;
}

/** Reads the self time of every function from all profiles of a directory. */
export function readProfiles(directory: string): FrameTime[] {
  const files = readdirSync(directory).filter((name) => name.endsWith('.cpuprofile'));
  return files.flatMap((name) =>
    selfTimes(basename(name, '.cpuprofile'), JSON.parse(readFileSync(join(directory, name), 'utf8')) as CpuProfile),
  );
}

/** Assigns the time between samples to the functions of the samples. */
export function selfTimes(thread: string, { nodes, samples, timeDeltas }: CpuProfile): FrameTime[] {
  const micros = new Map<number, number>();
  for (const [index, id] of samples.entries()) {
    // A delta is the time before its sample, spent in the function of the previous sample.
    micros.set(id, (micros.get(id) ?? 0) + (timeDeltas[index + 1] ?? 0));
  }
  return nodes.flatMap(({ id, callFrame: { functionName, url, lineNumber: line, columnNumber: column } }) => {
    const time = micros.get(id) ?? 0;
    return time > 0 ? [{ thread, frame: { functionName, url, line, column }, selfMs: time / 1000 }] : [];
  });
}
