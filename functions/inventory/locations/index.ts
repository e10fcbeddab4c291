export { locationRegistry } from './adapters/dynamodb-location-registry.ts';
export { registryRecord } from './adapters/registry-item.ts';
export { existingLocation } from './commands/existing-location.ts';
export { LocationCache } from './commands/location-cache.ts';
export { registerLocation } from './commands/register-location.ts';
export { byName, type LocationsByName, maxPriority, type RegisteredLocation } from './domain/location.ts';
