import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Ports that no browser connects to: part of the list of blocked ports in the Fetch standard
 * (https://fetch.spec.whatwg.org/#port-blocking). Browsers block them since they speak HTTP to servers of other protocols (IRC).
 */
const BLOCKED_PORTS = [6665, 6666, 6667, 6668, 6669];

/** All of 127.0.0.0/8 is the loopback interface on Linux, so many stores can have one of a few ports. */
const LOOPBACK = 127;
const MAX_TRIES = 20;

export interface HiddenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * A free address that web pages cannot reach. The store lets every origin read and write, and does not look at `Host`.
 */
export async function hiddenAddress(): Promise<HiddenAddress> {
  for (let tries = 1; ; tries++) {
    const host = [LOOPBACK, randomInt(1, 255), randomInt(256), randomInt(1, 255)].join('.');
    const port = BLOCKED_PORTS[randomInt(BLOCKED_PORTS.length)] ?? 0;
    try {
      await listenOnce({ host, port });
      return { host, port };
    } catch (error) {
      if (tries >= MAX_TRIES) throw new Error('no free address for the local store', { cause: error });
    }
  }
}

function listenOnce(address: HiddenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(address, () => server.close(() => resolve()));
  });
}
