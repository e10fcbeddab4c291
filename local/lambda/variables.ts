import type { Caller } from '../aws/callers.ts';
import type { FunctionModel } from '../template/app.ts';
import { REGION } from '../template/resource-types.ts';

/** The key that a function signs its calls with, by which the AWS endpoint knows it. */
export function callerOf({ name }: Pick<FunctionModel, 'name'>): Caller {
  const plain = name.replace(/[^A-Za-z0-9]/g, '');
  return { name, accessKeyId: `LOCAL${plain}`, secretAccessKey: `secret of ${plain}` };
}

/**
 * A function's environment: the app's variables, then overrides (for those the function has, or all when it is Lambda's
 * own), then what Lambda itself sets. The SDK finds the runner by `AWS_ENDPOINT_URL`.
 */
export function variablesOf(
  model: FunctionModel,
  endpoint: string,
  overrides: Record<string, string>,
): Record<string, string> {
  const { accessKeyId, secretAccessKey } = callerOf(model);
  return {
    PATH: process.env.PATH ?? '',
    TZ: ':UTC',
    ...model.environment,
    ...overrides,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL: endpoint,
    AWS_LAMBDA_FUNCTION_NAME: model.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${model.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: model.file.slice(0, model.file.lastIndexOf('/')),
    _HANDLER: `index.${model.exportName}`,
    // Files that could name another endpoint or other credentials are not read.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
