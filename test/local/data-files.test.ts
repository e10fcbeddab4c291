import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import { Activity } from '../../local/activity.ts';
import { Checkpoint } from '../../local/dynamodb/checkpoint.ts';
import { Tokens } from '../../local/http/tokens.ts';
import { type Local, startLocal } from '../../local/index.ts';
import { Queues } from '../../local/queues/queues.ts';
import { ExecutionStore } from '../../local/sagas/execution-store.ts';
import { Secrets } from '../../local/secrets/secrets.ts';
import { fixtureApp, writeAssembly } from './fixtures/fixture-app.ts';
import { temporaryDirectory } from './fixtures/temporary-directory.ts';

const FILL_DISK = fileURLToPath(new URL('fixtures/fill-disk.ts', import.meta.url));
const model = { url: '', visibilityTimeoutMs: 0, delayMs: 0, redrive: undefined };
const MODELS = ['work', 'failures'].map((name) => ({ ...model, name, arn: `arn:${name}` }));

let dataDir: string;
let printed: MockInstance<typeof console.error>;

beforeEach(() => {
  dataDir = temporaryDirectory();
  printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
});

afterEach(() => vi.restoreAllMocks());

function queuesOf(dir = dataDir): Queues {
  const queues = new Queues(MODELS, dir, new Activity());
  queues.restore();
  return queues;
}

const messagesIn = (queues: Queues) => [...queues.byArn('arn:work').messages];

describe('on a full disk', () => {
  // In blocks of 512 bytes: a write that reaches the limit is shortened, as at the end of a disk, and the next one fails.
  const limited = ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, FILL_DISK];

  test('what was accepted is kept, what was not is refused by name, and room that is freed is used', () => {
    const { stdout, stderr } = spawnSync('sh', [...limited, dataDir], { encoding: 'utf8' });
    expect(stdout, stderr).not.toBe('');
    const { messages, kept, errors, executions, refused, isUsed } = JSON.parse(stdout);
    expect(errors).toHaveLength(3);
    for (const error of errors) expect(error).toContain(`${join(dataDir, 'queues.ndjson')} cannot be written (EFBIG`);
    expect(kept).toBe(true);
    expect(messages.length).toBeGreaterThan(30);
    expect(
      messagesIn(queuesOf())
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...messages].sort());

    expect(isUsed).toBe(false);
    expect(executions).toContain(refused);
    expect(new ExecutionStore(dataDir).restore().map(({ name }) => name)).toEqual(executions);
  });
});

describe('a journal', () => {
  function written(...bodies: string[]): string {
    const queues = queuesOf();
    for (const body of bodies) queues.byArn('arn:work').send(body);
    queues.stop();
    return join(dataDir, 'queues.ndjson');
  }

  test.each([
    ['cut off', '{"op":"sent","queue":"work","id":"3","bo'],
    ['cut off and complete as JSON', '{"op":"deleted","queue":"work","id":"3"}'],
    ['of zeros, as after a power cut', '\0'.repeat(4096)],
    ['damaged', '{"op":"sent","queu\0\0\0\0\n'],
    ['not an entry', 'null\n'],
  ])('with a last line %s is read without it, and written on', (_, tail) => {
    const path = written('one', 'two');
    appendFileSync(path, tail);
    const queues = queuesOf();
    expect(messagesIn(queues).map(({ body }) => body)).toEqual(['one', 'two']);
    queues.byArn('arn:work').send('three');
    queues.stop();
    expect(messagesIn(queuesOf()).map(({ body }) => body)).toEqual(['one', 'two', 'three']);
  });

  test('with another damaged line names the file, the line and what to do', () => {
    const path = written('one', 'two', 'three');
    const [one, two, three] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${one}\n${two?.slice(0, 20)}${two}\n${three}\n`);
    const message = `${path}: line 2 is damaged. Delete that line to lose the message or the execution that it stands for`;
    expect(() => queuesOf()).toThrow(message);
    expect(() => queuesOf()).toThrow('--fresh');
    writeFileSync(path, `${one}\n${three}\n`);
    expect(messagesIn(queuesOf()).map(({ body }) => body)).toEqual(['one', 'three']);
  });

  test('that is rewritten while a message is accepted contains that message', () => {
    const queues = queuesOf();
    const queue = queues.byArn('arn:work');
    const large = 'x'.repeat(1024 * 1024);
    for (let n = 0; n < 40; n++) {
      const { id } = queue.send(large);
      expect(readFileSync(join(dataDir, 'queues.ndjson')).includes(id)).toBe(true);
      queue.delete(id);
    }
    queues.stop();
  });
});

describe('the secrets', () => {
  const models = [{ name: 'key', arn: 'arn:key', initialValue: () => `k${Math.random()}` }];
  const opened = () => {
    const secrets = new Secrets(dataDir);
    secrets.open(models);
    return secrets.value('key').value;
  };

  test.each(['', '\n', '\0'.repeat(100)])('are generated again for a file without content (%j)', (content) => {
    const first = opened();
    writeFileSync(join(dataDir, 'secrets.json'), content);
    const second = opened();
    expect(second).not.toBe(first);
    expect(opened()).toBe(second);
    expect(printed).toHaveBeenCalledWith(expect.stringContaining(`${join(dataDir, 'secrets.json')} is empty`));
  });

  test.each(['{"key":"sk_live', '[1]', '7', 'null', '{"key":7}'])(
    'in a damaged file are not replaced: %s',
    (content) => {
      const path = join(dataDir, 'secrets.json');
      writeFileSync(path, content);
      expect(opened).toThrow(`${path} is damaged: repair it, or delete it`);
      expect(readFileSync(path, 'utf8')).toBe(content);
    },
  );
});

describe('the key of the tokens', () => {
  const authorizer = { issuer: 'https://issuer', audience: ['client'] };
  const accepts = async (tokens: Tokens, token: string) =>
    (await tokens.verify(`Bearer ${token}`, authorizer)) !== undefined;

  test.each(['', '\0'.repeat(100)])('is generated again for a file without content (%j)', async (content) => {
    const token = await (await Tokens.open(dataDir)).issue({ sub: 'alice' }, authorizer);
    expect(await accepts(await Tokens.open(dataDir), token)).toBe(true);
    writeFileSync(join(dataDir, 'token-key.json'), content);
    const tokens = await Tokens.open(dataDir);
    expect(await accepts(tokens, token)).toBe(false);
    expect(await accepts(await Tokens.open(dataDir), await tokens.issue({ sub: 'alice' }, authorizer))).toBe(true);
  });

  test.each(['{"kty":"EC', '{}', 'null', '{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}'])(
    'in a damaged file is named: %s',
    async (content) => {
      writeFileSync(join(dataDir, 'token-key.json'), content);
      await expect(Tokens.open(dataDir)).rejects.toThrow(`${join(dataDir, 'token-key.json')} is damaged: delete it`);
    },
  );

  test('without its private part is damaged', async () => {
    await Tokens.open(dataDir);
    const path = join(dataDir, 'token-key.json');
    const { d: _, ...open } = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify(open));
    await expect(Tokens.open(dataDir)).rejects.toThrow('is damaged');
  });
});

describe('the position in a stream', () => {
  const path = () => join(dataDir, 'checkpoints', 'consumer.txt');
  const position = { shardId: 'shardId-0001', sequenceNumber: '000000000000000000042' };

  test('is stored, in as much room as the file has from the beginning', () => {
    const first = new Checkpoint(dataDir, 'consumer');
    const { size } = statSync(path());
    first.advance(position);
    first.close();
    expect(statSync(path()).size).toBe(size);
    expect(new Checkpoint(dataDir, 'consumer').position).toEqual(position);
    expect(printed).not.toHaveBeenCalled();
  });

  test.each([
    ['empty', () => truncateSync(path())],
    ['cut off', () => truncateSync(path(), 20)],
    ['of zeros', () => writeFileSync(path(), '\0'.repeat(200))],
    ['something else', () => writeFileSync(path(), 'shardId-0001 x'.padEnd(200))],
  ])('is the beginning when the file is %s, and that is reported', (_, damage) => {
    new Checkpoint(dataDir, 'consumer').advance(position);
    damage();
    const damaged = new Checkpoint(dataDir, 'consumer');
    expect(damaged.position).toEqual({ shardId: '', sequenceNumber: '' });
    expect(printed).toHaveBeenCalledWith(expect.stringContaining(path()));
    damaged.advance(position);
    expect(new Checkpoint(dataDir, 'consumer').position).toEqual(position);
  });
});

describe('the runner', () => {
  let local: Local | undefined;
  afterEach(() => local?.stop());

  test('starts on empty files, and all of its files are for their owner only', { timeout: 60_000 }, async () => {
    const options = { assembly: writeAssembly(fixtureApp()), dataDir };
    const first = await startLocal(options);
    await first.invoke('append', { orderId: 'o1' });
    await first.settled();
    await first.stop();
    const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map(({ parentPath, name }) => join(parentPath, name));
    for (const path of paths) expect.soft(`${path} ${(statSync(path).mode & 0o077).toString(8)}`).toBe(`${path} 0`);
    expect(statSync(dataDir).mode & 0o077).toBe(0);
    for (const path of paths.filter((name) => !name.includes('store.db'))) truncateSync(path);
    chmodSync(dataDir, 0o755);

    local = await startLocal(options);
    await local.settled();
    expect(statSync(dataDir).mode & 0o077).toBe(0);
    expect(local.executions()).toMatchObject([{ name: 'o1', status: 'SUCCEEDED' }]);
  });
});
