import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LocalOptions } from '../../local/index.ts';
import type { Reply, Request } from './messages.ts';

export interface InstanceOptions extends LocalOptions {
  /** Whether the data are in files, in a temporary directory, or in memory. */
  readonly durable: boolean;
}

/** A local instance in a process of its own, owned by the benchmark. */
export class Instance {
  readonly #process: ChildProcess;
  readonly #directory: string | undefined;
  readonly #waiting = new Map<
    number,
    { resolve: (value: string | undefined) => void; reject: (error: Error) => void }
  >();
  #lastId = 0;
  #url = '';
  /** Bytes logged by its functions so far. */
  logBytes = 0;

  private constructor(directory: string | undefined) {
    this.#directory = directory;
    this.#process = fork(new URL('./serve.ts', import.meta.url), { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
    this.#process.stdout?.on('data', (text: Buffer) => {
      this.logBytes += text.length;
    });
    this.#process.on('message', (reply: Reply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if ('error' in reply) waiting?.reject(new Error(reply.error));
      else waiting?.resolve(reply.value);
    });
    // Ctrl-C ends this process; the instance's process and data must not outlive it.
    process.once('SIGINT', () => process.exit(130));
    process.once('SIGTERM', () => process.exit(143));
    process.once('exit', () => this.#cleanUp());
    this.#process.on('exit', (code) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`the instance ended with status ${code}`));
      this.#waiting.clear();
    });
  }

  /** Starts an instance on a free port, without the API's throttling, which would limit the measured rate. */
  static async start({ durable, ...options }: InstanceOptions): Promise<Instance> {
    const directory = durable ? mkdtempSync(join(tmpdir(), 'holdfast-bench-')) : undefined;
    const instance = new Instance(directory);
    const where = directory === undefined ? { memory: true } : { dataDir: directory };
    try {
      instance.#url =
        (await instance.#ask({ do: 'start', options: { port: 0, throttling: false, ...where, ...options } })) ?? '';
    } catch (error) {
      await instance.stop();
      throw error;
    }
    return instance;
  }

  get url(): string {
    return this.#url;
  }

  async startProfile(): Promise<void> {
    await this.#ask({ do: 'start-profile' });
  }

  /** Ends profiling and writes a CPU profile of every thread into the directory. */
  async stopProfile(directory: string): Promise<void> {
    await this.#ask({ do: 'stop-profile', directory });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null) {
      await this.#ask({ do: 'stop' }).catch(() => this.#process.kill());
      await ended;
    }
    this.#cleanUp();
  }

  #cleanUp(): void {
    this.#process.kill('SIGKILL');
    if (this.#directory !== undefined) rmSync(this.#directory, { recursive: true, force: true });
  }

  #ask(request: Request): Promise<string | undefined> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ ...request, id }, (error) => error && reject(error));
    });
  }
}
