import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Authorize } from '../authorization.ts';
import { AwsError, type AwsOperations } from '../aws/call.ts';
import type { SecretModel } from '../template/app.ts';

/** The secrets of the app: generated in the first run, the same in every later one. */
export class Secrets {
  readonly #path: string | undefined;
  readonly #values: Record<string, string>;
  #models: readonly SecretModel[] = [];

  /** @param dataDir undefined generates new ones in each run */
  constructor(dataDir: string | undefined) {
    this.#path = dataDir && join(dataDir, 'secrets.json');
    this.#values =
      this.#path && existsSync(this.#path)
        ? (JSON.parse(readFileSync(this.#path, 'utf8')) as Record<string, string>)
        : {};
  }

  /** Generates the secrets that have no value yet. */
  open(models: readonly SecretModel[]): void {
    this.#models = models;
    for (const { name, initialValue } of models) this.#values[name] ??= initialValue();
    if (this.#path) writeFileSync(this.#path, JSON.stringify(this.#values), { mode: 0o600 });
  }

  /** The value of a secret by name or ARN. Throws `ResourceNotFoundException`. */
  value(id: string): { readonly model: SecretModel; readonly value: string } {
    const model = this.#models.find(({ name, arn }) => name === id || arn === id);
    const value = model && this.#values[model.name];
    if (!model || value === undefined) {
      throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    }
    return { model, value };
  }

  operations(authorize: Authorize): AwsOperations {
    return {
      GetSecretValue: ({ SecretId }: { SecretId: string }, caller: string) => {
        const { model, value } = this.value(SecretId);
        authorize(caller, 'secretsmanager:GetSecretValue', model.arn);
        return {
          ARN: model.arn,
          Name: model.name,
          SecretString: value,
          VersionId: 'local',
          VersionStages: ['AWSCURRENT'],
        };
      },
    } as AwsOperations;
  }
}
