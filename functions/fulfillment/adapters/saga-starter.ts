import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { stepFunctions } from '../../shared/aws-clients.ts';

/**
 * Starts an execution under a name that its event determines. A Standard state machine refuses a second execution of
 * the same name, which counts as started. An Express state machine runs it again, which is harmless because every step
 * is idempotent and checks the order's log.
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
