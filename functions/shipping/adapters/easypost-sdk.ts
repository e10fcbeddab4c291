import sdk from '@easypost/api';

/**
 * The class of the SDK's client. The package's types describe a CommonJS module, but an ES module is loaded: what the
 * compiler takes for the exports object is the class.
 */
export const EasyPost = sdk as unknown as typeof sdk.default;
export type EasyPost = InstanceType<typeof EasyPost>;
