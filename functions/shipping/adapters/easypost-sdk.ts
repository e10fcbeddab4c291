import sdk from '@easypost/api';

/**
 * The SDK's client. The package declares its types as CommonJS but is loaded as a module, so what the compiler takes for
 * the exports object is the class itself.
 */
export const EasyPost = sdk as unknown as typeof sdk.default;
export type EasyPost = InstanceType<typeof EasyPost>;
