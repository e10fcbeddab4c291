import type { Resource } from './assembly.ts';

/** A resource with its resolved properties, in the untyped JSON of CloudFormation. */
export interface Resolved {
  readonly resource: Resource;
  readonly name: string;
  readonly arn: string;
  // biome-ignore lint/suspicious/noExplicitAny: the property shapes of two dozen resource types, read in this folder only
  readonly properties: any;
}

/** Finds the existing resources of one type, resolved. */
export type Find = (type: string) => Resolved[];
