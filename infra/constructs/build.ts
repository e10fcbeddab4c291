import type { Bundle } from '../bundle.ts';
import type { Settings } from '../settings.ts';

/** What every function is built from. */
export interface Build {
  readonly settings: Settings;
  readonly bundle: Bundle;
}

/** `holdfast-dev-order-saga`: every name that an operator has to type starts like this. */
export function nameIn(settings: Settings, name: string): string {
  return `holdfast-${settings.stage}-${name}`;
}
