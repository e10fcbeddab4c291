import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { stepFunctions } from '../../shared/aws/clients.ts';

/**
 * Starts an execution under a name that follows from its event, so that a repeated event repeats the name. A Standard state
 * machine refuses a second execution of that name, which counts as started. An Express state machine runs it again, which
 * is safe: the steps are idempotent, and the order's log fences the undo.
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
