import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from './deployment.ts';
import { type Failure, failureIn } from './failure.ts';
import { passOver } from './failure-queue.ts';
import { NotSent } from './not-sent.ts';
import { sendBack } from './send-back.ts';

/** How long the messages of a list or of a resend stay hidden when the process ends within it. */
const hiddenSeconds = { listing: 60, resending: 300 } as const;

/** What became of a failure. */
export interface Outcome {
  readonly failure: Failure;
  readonly done: boolean;
  /** Why it was left. */
  readonly detail?: string;
}

/** The failures of all capabilities, oldest first. They stay where they are. */
export async function listFailures(deployment: Deployment): Promise<readonly Failure[]> {
  const { clients, failureQueues } = deployment;
  const lists = await Promise.all(
    [...failureQueues].map(async ([capability, url]) => {
      const found: Failure[] = [];
      for await (const { message } of passOver(clients.sqs, url, hiddenSeconds.listing)) {
        found.push(failureIn(message, capability, deployment));
      }
      return found;
    }),
  );
  return lists.flat().sort((one, other) => one.sentAt - other.sentAt);
}

/**
 * Sends failures back, one after the other. Each is sent first and removed from its queue afterwards: an interruption
 * between the two sends it again with the next run, which consumers tolerate. Failures that arrive meanwhile are left.
 */
export async function* resendFailures(
  failures: readonly Failure[],
  deployment: Deployment,
  ratePerSecond: number,
): AsyncGenerator<Outcome> {
  let nextAt = Date.now();
  yield* workOff(failures, deployment, async (failure) => {
    await sleep(Math.max(nextAt - Date.now(), 0));
    nextAt = Math.max(nextAt, Date.now()) + 1000 / ratePerSecond;
    await sendBack(failure, deployment);
  });
}

/** Removes failures from their queues without sending them. */
export function discardFailures(failures: readonly Failure[], deployment: Deployment): AsyncGenerator<Outcome> {
  return workOff(failures, deployment, async () => undefined);
}

async function* workOff(
  failures: readonly Failure[],
  deployment: Deployment,
  act: (failure: Failure) => Promise<void>,
): AsyncGenerator<Outcome> {
  const { clients, failureQueues } = deployment;
  for (const [capability, wanted] of Map.groupBy(failures, (failure) => failure.capability)) {
    const remaining = new Map(wanted.map((failure) => [failure.id, failure]));
    for await (const { message, remove } of passOver(
      clients.sqs,
      failureQueues.get(capability) ?? '',
      hiddenSeconds.resending,
    )) {
      const failure = remaining.get(message.id);
      if (failure === undefined) continue;
      remaining.delete(message.id);
      yield await outcomeOf(failure, () => act(failure).then(remove));
      if (remaining.size === 0) break;
    }
    for (const failure of remaining.values()) {
      yield { failure, done: false, detail: 'it is not in the queue any more, or another reader has it at the moment' };
    }
  }
}

async function outcomeOf(failure: Failure, run: () => Promise<void>): Promise<Outcome> {
  try {
    await run();
    return { failure, done: true };
  } catch (error) {
    const { name, message } = error as Error;
    return { failure, done: false, detail: error instanceof NotSent ? message : `${name}: ${message}` };
  }
}
