import { ExecutionAlreadyExists, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { stepFunctions } from '../../shared/aws/clients.ts';

/**
 * Starts an execution under a name that follows from its event, so that a repeated event repeats the name. A Standard state
 * machine refuses a second execution of that name, which counts as started. An Express state machine runs it again, which
 * is safe: the steps are idempotent, and the order's log fences the undo.
 */
export function sagaStarter(stateMachineArn: string) {
  return async (name: string, input: unknown): Promise<void> => {
    await startExecution(stateMachineArn, name, input);
  };
}

/**
 * Starts an execution.
 *
 * @returns `accepted` also while a Standard state machine runs an execution of the same name and input; `exists` when it
 *   has ended, or has another input.
 */
export async function startExecution(
  stateMachineArn: string,
  name: string,
  input: unknown,
): Promise<'accepted' | 'exists'> {
  try {
    await stepFunctions().send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
    return 'accepted';
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return 'exists';
    throw error;
  }
}
