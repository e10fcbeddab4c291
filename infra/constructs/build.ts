import type { Bundle } from '../bundle.ts';
import type { Settings } from '../settings.ts';

/** The inputs of every function's construct. */
export interface Build {
  readonly settings: Settings;
  readonly bundle: Bundle;
}

/**
 * The name of a resource with its stage and cell, such as `holdfast-dev-a-order-saga`. A stage can have several cells in
 * one account and region, so every fixed name contains both.
 */
export function nameIn({ stage, cell }: Pick<Settings, 'stage' | 'cell'>, name: string): string {
  return `holdfast-${stage}-${cell}-${name}`;
}
