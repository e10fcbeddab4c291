import type { Bundle } from '../bundle.ts';
import type { Settings } from '../settings.ts';

/** The inputs of every function's construct. */
export interface Build {
  readonly settings: Settings;
  readonly bundle: Bundle;
}

/** The name of a resource with the prefix of its stage, such as `holdfast-dev-order-saga`. */
export function nameIn(settings: Settings, name: string): string {
  return `holdfast-${settings.stage}-${name}`;
}
