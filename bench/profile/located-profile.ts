import { type FrameTime, readProfiles } from './cpu-profile.ts';
import { OriginalSources } from './original-sources.ts';

/**
 * Reads the profiles of a directory and maps frames to the sources. Because functions share threads, the code of a bundle
 * is assigned to its function, and the code of Node and V8 in worker threads to `hosts`.
 */
export function locatedProfile(directory: string): FrameTime[] {
  const sources = new OriginalSources();
  return readProfiles(directory).map(({ thread, frame, selfMs }) => ({
    thread: sources.entryPointOf(frame) ?? (thread === 'main' ? 'main' : 'hosts'),
    frame: sources.locate(frame),
    selfMs,
  }));
}
