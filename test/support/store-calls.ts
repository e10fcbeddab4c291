import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Records the calls of a client to the store, and can interrupt them as a failing machine, network or process would. */
export interface StoreCalls {
  /** The operations sent since the last `reset`: `PutItem`, `Query`, … */
  readonly sent: readonly string[];
  /** The process dies after this many more calls: no later call is made, not even for cleanup. */
  dieAfter(calls: number): void;
  /** Loses the answer to the call with this number, counted from 0, after the store has executed it. */
  loseAnswerTo(call: number): void;
  /** Runs `act` once, right before the call with this number is sent. */
  before(call: number, act: () => Promise<unknown>): void;
  reset(): void;
}

export function watchCalls(client: DynamoDBClient): StoreCalls {
  const sent: string[] = [];
  let plan: { die?: number; lose?: number; interrupt?: { at: number; act: () => Promise<unknown> } } = {};
  const send = client.send.bind(client) as (command: object, ...rest: unknown[]) => Promise<unknown>;
  const watched = async (command: object, ...rest: unknown[]) => {
    const number = sent.length;
    if (plan.die !== undefined && number >= plan.die) throw new Error('the process is dead');
    const { interrupt, lose } = plan;
    if (interrupt?.at === number) {
      delete plan.interrupt;
      await interrupt.act();
    }
    sent.push(command.constructor.name.replace(/Command$/, ''));
    const answer = await send(command, ...rest);
    if (lose === number) throw Object.assign(new Error('the answer is lost'), { name: 'TimeoutError' });
    return answer;
  };
  client.send = watched as unknown as DynamoDBClient['send'];
  return {
    sent,
    dieAfter: (calls) => {
      plan = { die: sent.length + calls };
    },
    loseAnswerTo: (call) => {
      plan = { lose: sent.length + call };
    },
    before: (call, act) => {
      plan = { interrupt: { at: sent.length + call, act } };
    },
    reset: () => {
      sent.length = 0;
      plan = {};
    },
  };
}
