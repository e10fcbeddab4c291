import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { millisecondsOf, systemClock } from './kernel/time.ts';

/**
 * Longest time that a connection may have been idle before a request that is sent once, in ms. While an execution environment
 * is frozen, servers and the network close its idle connections, and it learns that only after it has sent a request. The
 * outcome of a request that is not repeated would then be unknown. A new connection takes a few milliseconds.
 */
export const idleBeforeOnceMs = 1_000;

/**
 * Longest time that a connection may have been idle before a request that its client repeats at once, in ms. It is shorter than
 * any idle time after which a server or a gateway is known to drop a connection without an answer (60 s and more).
 */
export const idleBeforeRepeatedMs = 20_000;

const now = millisecondsOf(systemClock);

/**
 * An agent that keeps connections open between requests, and does not use one again that has been idle for longer than a limit.
 * It measures by the system's clock when a request is made. A timer would not do: neither timers nor the monotonic clock run
 * while an environment is frozen.
 *
 * @param protocol `http:` or `https:`
 */
export function keptConnections(protocol: string, idleMs: number, options: AgentOptions = {}): HttpAgent {
  const settings = { ...options, keepAlive: true };
  const agent = protocol === 'http:' ? new HttpAgent(settings) : new HttpsAgent(settings);
  const idleSince = new WeakMap<object, number>();
  const keepSocketAlive = agent.keepSocketAlive.bind(agent);
  const getName = agent.getName.bind(agent);

  const isTooOld = (socket: object) => {
    const ageMs = now() - (idleSince.get(socket) ?? 0);
    // A clock that was set back says nothing about an age.
    return ageMs < 0 || ageMs > idleMs;
  };
  agent.keepSocketAlive = (socket) => {
    idleSince.set(socket, now());
    return keepSocketAlive(socket);
  };
  // Node asks for the name under which a connection is kept before it takes a kept one for a request.
  agent.getName = (wanted) => {
    for (const sockets of Object.values(agent.freeSockets)) {
      // The one that became idle last is the last of the list, and is used first.
      const tooOld = sockets?.slice(0, sockets.findLastIndex(isTooOld) + 1);
      for (const socket of tooOld ?? []) socket.destroy();
    }
    return getName(wanted);
  };
  return agent;
}
