import type { Authorize } from '../authorization.ts';
import { AwsError, type AwsOperations } from '../aws/call.ts';
import type { Execution } from './execution-store.ts';
import type { SagaEngine } from './saga-engine.ts';

/** The operations of Step Functions that the app and its operators use. Times are seconds of the Unix clock. */
export function sfnOperations(engine: SagaEngine, authorize: Authorize): AwsOperations {
  return {
    StartExecution: (input: { stateMachineArn: string; name?: string; input?: string }, caller: string) => {
      authorize(caller, 'states:StartExecution', input.stateMachineArn);
      const execution = engine.start(input.stateMachineArn, input.input ?? '{}', input.name);
      return { executionArn: execution.arn, startDate: execution.startedAt / 1000 };
    },
    DescribeExecution: ({ executionArn }: { executionArn: string }, caller: string) => {
      authorize(caller, 'states:DescribeExecution', executionArn);
      const execution = engine.executions.find(executionArn);
      if (!execution) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
      const { input, output, error, cause } = execution;
      return { ...summary(execution), input, output, error, cause };
    },
    ListExecutions: (
      input: { stateMachineArn: string; statusFilter?: string; maxResults?: number },
      caller: string,
    ) => {
      authorize(caller, 'states:ListExecutions', input.stateMachineArn);
      const executions = engine.executions
        .all()
        .filter(({ stateMachineArn }) => stateMachineArn === input.stateMachineArn)
        .filter(({ status }) => (input.statusFilter ?? status) === status);
      return {
        executions: executions
          .reverse()
          .slice(0, input.maxResults ?? 100)
          .map(summary),
      };
    },
  } as AwsOperations;
}

function summary({ arn, name, stateMachineArn, status, startedAt, endedAt }: Execution) {
  const stopDate = endedAt === undefined ? undefined : endedAt / 1000;
  return { executionArn: arn, name, stateMachineArn, status, startDate: startedAt / 1000, stopDate };
}
