import type { Ledger } from '../support/ledger.ts';
import type { World } from './world.ts';

/** Most orders in the text of a failure. */
const most = 3;

/**
 * The text of a failure: the faults of the orders that a text names, their log, the gateways' books, and the runs of their
 * sagas.
 */
export async function whatHappened(world: World, ledgers: readonly Ledger[], text: string): Promise<string> {
  const { local } = await world.stage;
  const named = ledgers.filter(({ order }) => text.includes(order.orderId)).slice(0, most);
  const executions = local.executions();
  const facts = named.map(({ order, events, payments, parcels }) => ({
    orderId: order.orderId,
    injectedFaults: world.placements.get(order.orderId)?.injectedFaults,
    events: events.map(({ actor, type, data }) => [actor, type, data]),
    payments,
    parcels: parcels.map(({ id, shipmentId, status }) => ({ id, shipmentId, status })),
    executions: executions
      .filter(({ input }) => JSON.stringify(input).includes(order.orderId))
      .map(({ stateMachine, status, states, error, cause, startedAt, endedAt }) => {
        return { stateMachine, status, states: states.join(' '), error, cause, startedAt, endedAt };
      }),
    deadLetters: local.deadLetters().filter((letter) => JSON.stringify(letter).includes(order.orderId)),
  }));
  return JSON.stringify(facts, null, 1);
}
