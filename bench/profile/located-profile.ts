import { type FrameTime, readProfiles } from './cpu-profile.ts';
import { OriginalSources } from './original-sources.ts';

/**
 * The profiles of a directory, with frames where they are in the sources. Functions share threads, so their own code, with
 * the packages in their bundles, goes under their names, and what it calls of Node and V8 under `hosts`.
 */
export function locatedProfile(directory: string): FrameTime[] {
  const sources = new OriginalSources();
  return readProfiles(directory).map(({ thread, frame, selfMs }) => ({
    thread: sources.entryPointOf(frame) ?? (thread === 'main' ? 'main' : 'hosts'),
    frame: sources.locate(frame),
    selfMs,
  }));
}
