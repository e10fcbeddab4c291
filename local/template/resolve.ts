import type { Assembly, Resource, StackTemplate } from './assembly.ts';
import { ACCOUNT, type Endpoints, localArn, physicalName, SUPPORTED } from './resource-types.ts';

const PSEUDO: Record<string, unknown> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::NotificationARNs': [],
  'AWS::NoValue': undefined,
};

type Json = Record<string, unknown>;

/** Evaluates CloudFormation's intrinsic functions over a whole assembly, across its stacks. */
export class Resolver {
  readonly #assembly: Assembly;
  readonly #endpoints: Endpoints;
  readonly #secretString: (id: string) => string;

  /** @param secretString the value of a secret by its id, for `{{resolve:secretsmanager:…}}` */
  constructor(assembly: Assembly, endpoints: Endpoints, secretString: (id: string) => string) {
    this.#assembly = assembly;
    this.#endpoints = endpoints;
    this.#secretString = secretString;
  }

  get region(): string {
    return this.#endpoints.region;
  }

  /** Whether the resource is created: it has no condition, or one that holds. */
  exists(resource: Resource): boolean {
    return resource.condition === undefined || this.#condition(resource.condition, this.#stack(resource.stack));
  }

  /** All properties of a resource with every intrinsic replaced by its value. */
  properties(resource: Resource): Json {
    return this.#resolve(resource.properties, this.#stack(resource.stack)) as Json;
  }

  /** The value of `Fn::GetAtt` for a resource; the attribute `Ref` stands for the value of `Ref`. */
  attribute(resource: Resource, attribute: string): string {
    const attributes = SUPPORTED[resource.type]?.(physicalName(resource), resource, this.#endpoints);
    if (!attributes) return `local:${resource.type}:${resource.logicalId}:${attribute}`;
    const value = attributes[attribute];
    if (value === undefined) {
      throw new Error(
        `${resource.type} (${resource.stack}/${resource.logicalId}) has no attribute ${attribute} locally`,
      );
    }
    return value;
  }

  #stack(name: string): StackTemplate {
    const stack = this.#assembly.stacks.get(name);
    if (!stack) throw new Error(`no stack ${name}`);
    return stack;
  }

  #resolve(value: unknown, stack: StackTemplate): unknown {
    if (typeof value === 'string') return value.startsWith('{{resolve:') ? this.#dynamic(value) : value;
    if (Array.isArray(value))
      return value.map((each) => this.#resolve(each, stack)).filter((each) => each !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
      return this.#intrinsic(only[0], only[1], stack);
    }
    const resolved = entries.map(([key, each]) => [key, this.#resolve(each, stack)] as const);
    return Object.fromEntries(resolved.filter(([, each]) => each !== undefined));
  }

  #intrinsic(name: string, argument: unknown, stack: StackTemplate): unknown {
    switch (name) {
      case 'Ref':
        return this.#ref(String(argument), stack);
      case 'Fn::GetAtt': {
        const [id, attribute] = typeof argument === 'string' ? argument.split(/\.(.*)/s) : (argument as string[]);
        return this.attribute(this.#resource(String(id), stack), String(attribute));
      }
      case 'Fn::Join': {
        const [separator, parts] = argument as [string, unknown];
        return (this.#resolve(parts, stack) as unknown[]).join(separator);
      }
      case 'Fn::Sub':
        return this.#sub(argument, stack);
      case 'Fn::Select': {
        const [index, list] = argument as [number | string, unknown];
        return (this.#resolve(list, stack) as unknown[])[Number(index)];
      }
      case 'Fn::Split': {
        const [separator, text] = argument as [string, unknown];
        return String(this.#resolve(text, stack)).split(separator);
      }
      case 'Fn::If': {
        const [condition, yes, no] = argument as [string, unknown, unknown];
        return this.#resolve(this.#condition(condition, stack) ? yes : no, stack);
      }
      case 'Fn::ImportValue':
        return this.#import(String(this.#resolve(argument, stack)));
      default:
        throw new Error(`the local runner does not support the intrinsic function ${name} (stack ${stack.name})`);
    }
  }

  #ref(id: string, stack: StackTemplate): unknown {
    if (id in PSEUDO) return PSEUDO[id];
    if (id === 'AWS::Region') return this.region;
    if (id === 'AWS::StackName') return stack.name;
    if (id === 'AWS::StackId') return localArn(this.region, 'cloudformation', `stack/${stack.name}/local`);
    const parameter = stack.parameters[id];
    return parameter ? parameter.Default : this.attribute(this.#resource(id, stack), 'Ref');
  }

  #sub(argument: unknown, stack: StackTemplate): string {
    const [text, variables] = Array.isArray(argument) ? (argument as [string, Json]) : [String(argument), {}];
    return text.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`;
      if (name in variables) return String(this.#resolve(variables[name], stack));
      return String(
        name.includes('.') ? this.#intrinsic('Fn::GetAtt', name, stack) : this.#intrinsic('Ref', name, stack),
      );
    });
  }

  #condition(name: string, stack: StackTemplate): boolean {
    const evaluate = (value: unknown): boolean => {
      const [[key, argument] = ['', undefined]] = Object.entries(value as Json);
      const list = argument as unknown[];
      switch (key) {
        case 'Fn::Equals':
          return this.#resolve(list[0], stack) === this.#resolve(list[1], stack);
        case 'Fn::Not':
          return !evaluate(list[0]);
        case 'Fn::And':
          return list.every(evaluate);
        case 'Fn::Or':
          return list.some(evaluate);
        case 'Condition':
          return this.#condition(String(argument), stack);
        default:
          throw new Error(`the local runner does not support the condition ${key} (stack ${stack.name})`);
      }
    };
    return evaluate(stack.conditions[name]);
  }

  #import(name: string): unknown {
    for (const stack of this.#assembly.stacks.values()) {
      for (const output of Object.values(stack.outputs)) {
        if (output.Export && this.#resolve(output.Export.Name, stack) === name)
          return this.#resolve(output.Value, stack);
      }
    }
    throw new Error(`no stack of the app exports ${name}`);
  }

  #resource(id: string, stack: StackTemplate): Resource {
    const resource = stack.resources.get(id);
    if (!resource) throw new Error(`stack ${stack.name} has no resource ${id}`);
    return resource;
  }

  #dynamic(reference: string): string {
    const [, secretId, key] =
      /^\{\{resolve:secretsmanager:(.+?):SecretString:([^:}]*).*\}\}$/.exec(reference) ??
      /^\{\{resolve:secretsmanager:(.+?)\}\}$/.exec(reference) ??
      [];
    if (!secretId) throw new Error(`the local runner does not support the dynamic reference ${reference}`);
    const secret = this.#secretString(secretId);
    return key ? String((JSON.parse(secret) as Json)[key]) : secret;
  }
}
