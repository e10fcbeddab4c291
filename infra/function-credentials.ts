import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in every bundle for `@aws-sdk/credential-provider-node`. Lambda puts a function's credentials into its
 * environment; the ways in which a laptop, a container or a build server finds them would be a quarter of its code.
 */
export const defaultProvider = fromEnv;
