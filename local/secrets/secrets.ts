import { join } from 'node:path';
import type { Authorize } from '../authorization.ts';
import { AwsError, type AwsOperations } from '../aws/call.ts';
import { DataFileError, readIfAny, replaceFile } from '../data-file.ts';
import type { SecretModel } from '../template/app.ts';

/** The secrets of the app: generated in the first run, the same in every later one. */
export class Secrets {
  readonly #path: string | undefined;
  readonly #values: Record<string, string>;
  #models: readonly SecretModel[] = [];

  /**
   * @param dataDir undefined generates new ones in each run
   * @throws DataFileError when the file is damaged
   */
  constructor(dataDir: string | undefined) {
    this.#path = dataDir && join(dataDir, 'secrets.json');
    this.#values = this.#path ? stored(this.#path) : {};
  }

  /** Generates the secrets that have no value yet. */
  open(models: readonly SecretModel[]): void {
    this.#models = models;
    const missing = models.filter(({ name }) => this.#values[name] === undefined);
    for (const { name, initialValue } of missing) this.#values[name] = initialValue();
    if (this.#path && missing.length > 0) replaceFile(this.#path, JSON.stringify(this.#values));
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

/** The file may contain keys that were entered by hand, so a damaged one is not replaced. */
function stored(path: string): Record<string, string> {
  const text = readIfAny(path, 'new secrets are generated. Enter again what you had entered there by hand');
  if (text === undefined) return {};
  try {
    const values: unknown = JSON.parse(text);
    const isObject = typeof values === 'object' && values !== null && !Array.isArray(values);
    if (isObject && Object.values(values).every((value) => typeof value === 'string')) {
      return values as Record<string, string>;
    }
  } catch {
    // Reported below.
  }
  throw new DataFileError(`${path} is damaged: repair it, or delete it, and new secrets are generated`);
}
