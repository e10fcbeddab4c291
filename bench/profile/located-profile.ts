import { type FrameTime, readProfiles } from './cpu-profile.ts';
import { OriginalSources } from './original-sources.ts';

/** The profiles of a directory, with frames where they are in the sources and threads named by what they run. */
export function locatedProfile(directory: string): FrameTime[] {
  const sources = new OriginalSources();
  const times = readProfiles(directory);
  const owners = new Map<string, string>();
  for (const { thread, frame } of times) {
    const entryPoint = sources.entryPointOf(frame);
    if (entryPoint !== undefined) owners.set(thread, entryPoint);
  }
  return times.map(({ thread, frame, selfMs }) => ({
    thread: owners.get(thread) ?? (thread === 'main' ? 'main' : 'unknown'),
    frame: sources.locate(frame),
    selfMs,
  }));
}
