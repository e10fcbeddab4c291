import { dirname } from 'node:path';
import { credentialsOf } from '../aws/authenticate.ts';
import type { FunctionModel } from '../template/app.ts';
import { regionOf } from '../template/resource-types.ts';

/**
 * The environment variables of a function: the app's own, then `overrides`, then those that Lambda sets. The SDK finds the
 * runner by `AWS_ENDPOINT_URL`.
 *
 * @param endpoint base URL of the AWS endpoint
 */
export function variablesOf(
  model: FunctionModel,
  endpoint: string,
  overrides: Record<string, string>,
): Record<string, string> {
  const { accessKeyId, secretAccessKey } = credentialsOf(model);
  const region = regionOf(model.arn);
  return {
    PATH: process.env.PATH ?? '',
    TZ: ':UTC',
    ...model.environment,
    ...overrides,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_LAMBDA_FUNCTION_NAME: model.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${model.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: dirname(model.file),
    _HANDLER: `index.${model.exportName}`,
    // The SDK must not find another endpoint or other credentials in the files of the user's account.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
