import {
  BatchGetItemCommand,
  type DynamoDBClient,
  QueryCommand,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { Client } from '../../functions/shared/table-access.ts';

/** What may happen to one request to the store. */
export type Fate = 'sound' | 'lost-acknowledgement' | 'never-sent' | 'contended' | 'sent-twice';

class CutConnection extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * A client whose requests meet given fates. `pass` decides when each may be sent, and when its answer may be delivered.
 */
export function fatefulClient(
  client: DynamoDBClient,
  fateOf: () => Fate,
  pass: (what: string) => Promise<unknown> = async () => undefined,
): Client {
  // Every command of the SDK goes through the same method; its overloads matter to callers only.
  const real = (command: unknown) => client.send(command as TransactWriteItemsCommand);
  const send = async (command: object): Promise<unknown> => {
    const name = command.constructor.name;
    await pass(`${name} goes out`);
    const fate = fateOf();
    if (fate === 'never-sent') throw new CutConnection('the request was never sent');
    if (fate === 'contended' && !isRead(command)) throw contention(command);
    const answer = await real(command).finally(() => pass(`${name} is answered`));
    if (fate === 'sent-twice') return real(command);
    if (fate === 'lost-acknowledgement') throw new CutConnection('applied, and the answer was lost');
    return answer;
  };
  return { send } as unknown as Client;
}

function isRead(command: object): boolean {
  return command instanceof BatchGetItemCommand || command instanceof QueryCommand;
}

/** DynamoDB's error when another transaction holds one of the items; the local store never returns it. */
function contention(command: object): Error {
  const about = { message: 'conflict', $metadata: {} };
  if (!(command instanceof TransactWriteItemsCommand)) return new TransactionConflictException(about);
  const reasons = (command.input.TransactItems ?? []).map((_, index) => ({
    Code: index === 1 ? 'TransactionConflict' : 'None',
  }));
  return new TransactionCanceledException({ ...about, CancellationReasons: reasons });
}
