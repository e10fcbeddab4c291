import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataFileError, readIfAny, replaceFile } from './data-file.ts';
import { DEFAULT_REGION } from './template/resource-types.ts';

/** `eu-central-1`, `us-gov-west-1`. */
const REGION = /^[a-z]{2,4}(-[a-z]+)+-\d+$/;

/**
 * The region of the app's resources: the wanted one, that of the stored data, or the default. Stored executions and messages
 * name resources by their ARNs, so data of one region cannot be continued in another.
 *
 * @throws DataFileError when the stored data are of another region than the wanted one
 */
export function regionFor(wanted: string | undefined, dataDir: string | undefined): string {
  if (wanted !== undefined && !REGION.test(wanted)) throw new Error(`--region: ${wanted} is not the name of a region`);
  if (!dataDir) return wanted ?? DEFAULT_REGION;
  const path = join(dataDir, 'region.txt');
  // Data that were stored before there was such a file are of the default region.
  const isOlder = !existsSync(path) && existsSync(join(dataDir, 'secrets.json'));
  const written = readIfAny(path, `the data are taken to be of ${wanted ?? DEFAULT_REGION}`)?.trim();
  const stored = isOlder ? DEFAULT_REGION : written;
  if (stored !== undefined && !REGION.test(stored)) {
    throw new DataFileError(`${path} is damaged: write the name of the region there, or start with --fresh`);
  }
  if (stored !== undefined && wanted !== undefined && stored !== wanted) {
    throw new DataFileError(`${dataDir} has data of ${stored}: start with --region ${stored}, or with --fresh`);
  }
  const region = stored ?? wanted ?? DEFAULT_REGION;
  if (written === undefined) replaceFile(path, region);
  return region;
}
