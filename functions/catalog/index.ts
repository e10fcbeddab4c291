/** The public interface of the catalog: other capabilities import only from here. */

export { catalog } from './adapters/dynamodb-catalog.ts';
export { stockAvailability } from './adapters/stock-availability.ts';
export type { Availability } from './domain/availability.ts';
