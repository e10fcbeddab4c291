import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { stepFunctions } from '../../shared/aws/clients.ts';

/**
 * Starts an execution under a name that its event determines. A Standard state machine refuses a second one of that
 * name, which is as good as started; an Express one runs it again, which the steps and the fence of the log allow for.
 */
export function sagaStarter(stateMachineArn: string) {
  return async (name: string, input: unknown): Promise<void> => {
    try {
      await stepFunctions().send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return;
      throw error;
    }
  };
}
