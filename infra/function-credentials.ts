import { fromEnv } from '@aws-sdk/credential-provider-env';

type Provider = ReturnType<typeof fromEnv>;

/**
 * Stands in every bundle for `@aws-sdk/credential-provider-node`. Lambda puts a function's credentials into its
 * environment, where they stay as they are while it lives; the ways in which a laptop, a container or a build server finds them
 * would be a quarter of its code.
 */
export function defaultProvider(...options: Parameters<typeof fromEnv>): Provider {
  let found: ReturnType<Provider> | undefined;
  return () => {
    found ??= fromEnv(...options)();
    return found;
  };
}
