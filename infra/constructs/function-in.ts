import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { pascalCase } from '../entry-points.ts';
import { nameIn } from './build.ts';
import type { Deployment } from './deployment.ts';
import type { ServiceFunction } from './service-function.ts';

/** A function for use in the stack of `scope`: itself, or a reference by its name when another stack has it. */
export function functionIn(
  scope: Construct,
  { settings }: Pick<Deployment, 'settings'>,
  made: ServiceFunction,
): IFunction {
  const stack = Stack.of(scope);
  if (Stack.of(made) === stack) return made;
  const imported = stack.node.tryFindChild('Functions') ?? new Construct(stack, 'Functions');
  const id = pascalCase(made.verbNoun);
  const known = imported.node.tryFindChild(id) as IFunction | undefined;
  return (
    known ??
    LambdaFunction.fromFunctionAttributes(imported, id, {
      functionArn: stack.formatArn({
        service: 'lambda',
        resource: 'function',
        resourceName: nameIn(settings, made.verbNoun),
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      // Permissions are added to it as to a function of this stack.
      sameEnvironment: true,
    })
  );
}
