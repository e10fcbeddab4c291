import { expect } from 'vitest';
import * as z from 'zod';
import type { Answer, Shop } from '../support/orders.ts';

export type Json = Record<string, unknown>;

export interface Operation {
  readonly operationId: string;
  readonly security: readonly Json[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Json }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Json }> };
  readonly responses: Record<string, Described>;
}

/** An answer as the document describes it. */
interface Described {
  readonly description: string;
  readonly headers: Record<string, Json>;
  readonly content?: Record<string, { readonly schema: Json; readonly example?: Json }>;
}

interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Json>; readonly headers: Record<string, Json> };
}

/** Headers of the connection and of the content, which belong to HTTP and not to the contract. */
const ofHttp = new Set(['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding']);

/** The OpenAPI document of a running instance, with which its answers are compared. */
export class ServedContract {
  readonly document: OpenApi;

  private constructor(document: OpenApi) {
    this.document = document;
  }

  static async read(shop: Shop): Promise<ServedContract> {
    return new ServedContract(await shop.must<OpenApi>('', 'GET', '/openapi.json'));
  }

  get operations(): { readonly path: string; readonly method: string; readonly operation: Operation }[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
    );
  }

  operation(method: string, path: string): Operation {
    const found = this.document.paths[path]?.[method.toLowerCase()];
    if (found === undefined) throw new Error(`${method} ${path} is not described`);
    return found;
  }

  /** The example of an answer of the gateway itself. */
  exampleOf(method: string, path: string, status: number): Json | undefined {
    return this.operation(method, path).responses[status]?.content?.['application/json']?.example;
  }

  /** A schema as a generated client would apply it. */
  validator(schema: Json) {
    return z.fromJSONSchema(this.#whole(schema) as Parameters<typeof z.fromJSONSchema>[0]);
  }

  /** Expects that an answer is described: its status, its body, every header it has, and each that it must have. */
  expectDescribed(path: string, verb: string, { status, headers, body }: Answer<unknown>): void {
    const method = verb.toLowerCase();
    const described = this.document.paths[path]?.[method]?.responses[status];
    const schema = described?.content?.[headers.get('content-type') ?? '']?.schema;
    const hasBody = method !== 'head';
    const found = { path, method, status, described: described !== undefined, body: schema !== undefined };
    expect(found).toEqual({ path, method, status, described: true, body: hasBody });
    if (hasBody)
      expect([path, method, this.validator(schema ?? {}).safeParse(body).error]).toEqual([path, method, undefined]);
    this.#expectHeaders(described?.headers ?? {}, headers, [path, method, status].join(' '));
  }

  #expectHeaders(described: Readonly<Record<string, Json>>, headers: Headers, where: string): void {
    const names = new Map(Object.entries(described).map(([name, each]) => [name.toLowerCase(), this.resolved(each)]));
    const others = [...headers.keys()].filter((name) => !names.has(name) && !ofHttp.has(name));
    expect([where, others]).toEqual([where, []]);
    for (const [name, { required, schema }] of names) {
      const value = headers.get(name);
      if (value === null) expect([where, name, required]).not.toEqual([where, name, true]);
      else
        expect([where, name, this.validator(schema as Json).safeParse(value).error]).toEqual([where, name, undefined]);
    }
  }

  /** The part of the document that a `$ref` refers to. */
  resolved(part: Json): Json {
    if (typeof part.$ref !== 'string') return part;
    const found = part.$ref
      .split('/')
      .slice(1)
      .reduce<unknown>((each, key) => (each as Json | undefined)?.[key], this.document);
    if (found === undefined) throw new Error(`${part.$ref} refers to nothing`);
    return found as Json;
  }

  /**
   * A schema with all references followed. Objects have no field that is not described: an answer with one would not be
   * described whole.
   */
  #whole(schema: Json): Json {
    const inside = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(inside);
      return typeof value === 'object' && value !== null ? this.#whole(value as Json) : value;
    };
    const copy = Object.fromEntries(Object.entries(this.resolved(schema)).map(([key, value]) => [key, inside(value)]));
    return copy.type === 'object' && copy.properties !== undefined ? { additionalProperties: false, ...copy } : copy;
  }
}
