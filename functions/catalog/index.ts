/** What other capabilities may use of the catalog. */

export { catalog } from './adapters/dynamodb-catalog.ts';
