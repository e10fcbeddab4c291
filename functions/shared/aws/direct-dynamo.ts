import { randomUUID } from 'node:crypto';
import type {
  DynamoDBClient,
  ServiceInputTypes,
  ServiceOutputTypes,
  TransactWriteItemsInput,
} from '@aws-sdk/client-dynamodb';
import { HttpRequest } from '@smithy/core/protocols';
import type {
  BuildMiddleware,
  DeserializeMiddleware,
  HandlerExecutionContext,
  InitializeMiddleware,
} from '@smithy/types';
import { bodyOf, type Outcome, type Route, routeOf } from './direct-route.ts';

/** Operations whose input and output are what goes over the wire. */
const itemOperations = /\.((BatchGet|BatchWrite|Delete|Get|Put|Update)Item|Query|Scan|Transact(Get|Write)Items)$/;

const name = 'sendDirectly';

/**
 * Sends a client's item commands directly instead of through the SDK's middleware, which takes most of a call's processor time.
 * Only the plain case is handled here: a command without options whose first try is answered with 200 and JSON. In every other
 * case the SDK gets the command, together with the outcome of the first try, which becomes the outcome of its own first try: it
 * reads the error, corrects the clock, waits, repeats and counts as always. README.md says what this rests on.
 *
 * @param client is changed in place. Without `cacheMiddleware: true` it sends nothing directly.
 */
export function sendItemsDirectly({ config, middlewareStack: stack }: DynamoDBClient): void {
  /** By what the SDK keeps for each kind of command that is sent without options. */
  const routes = new WeakMap<HandlerExecutionContext, Route>();
  /** By the input that the SDK was given. */
  const firstTries = new WeakMap<object, Outcome>();

  const sendDirectly: InitializeMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next, context) => {
    const isAsMade = stepsBehind(stack.identify()) === stepsAsMade;
    return async (args) => {
      const send = isAsMade ? routes.get(context) : undefined;
      if (send === undefined) return next(args);
      const input = context.commandName === 'TransactWriteItemsCommand' ? withToken(args.input) : { ...args.input };
      const body = bodyOf(input);
      if (body === undefined) return next({ ...args, input });
      const outcome = await send(body);
      const { response, output } = outcome;
      if (output !== undefined) return { response, output };
      firstTries.set(input, outcome);
      return next({ ...args, input });
    };
  };

  /** Runs after all middleware that writes headers, so that it sees all of them. */
  const noteRoute: BuildMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next, context) => async (args) => {
    const { request, input } = args;
    const isOfItems = HttpRequest.isInstance(request) && itemOperations.test(request.headers['x-amz-target'] ?? '');
    if (isOfItems && bodyOf(input) !== undefined) routes.set(context, await routeOf(config, request));
    return next(args);
  };

  /** Runs immediately before the HTTP handler. */
  const giveFirstTry: DeserializeMiddleware<ServiceInputTypes, ServiceOutputTypes> = (next) => async (args) => {
    const outcome = firstTries.get(args.input);
    if (outcome === undefined) return next(args);
    firstTries.delete(args.input);
    if (outcome.response === undefined) throw outcome.error;
    return { response: outcome.response };
  };

  // It walks through every input and output to hide secrets from a logger that no client here has.
  stack.remove('loggerMiddleware');
  stack.add(sendDirectly, { step: 'initialize', priority: 'low', name });
  stack.add(noteRoute, { step: 'build', priority: 'low', name: 'noteRoute' });
  stack.add(giveFirstTry, { step: 'deserialize', priority: 'low', name: 'giveFirstTry' });
  const stepsAsMade = stepsBehind(stack.identify());
}

/** The steps that a direct command is spared. The one of Powertools' adds to the user agent, which is noted with the route. */
function stepsBehind(steps: readonly string[]): string {
  const all = steps.filter((step) => !step.startsWith('addPowertoolsToUserAgent'));
  return all.slice(all.indexOf(`${name} - initialize`)).join();
}

/** The SDK would make up another token for its own tries, and the store would take them for another transaction. */
function withToken(input: ServiceInputTypes): ServiceInputTypes {
  const { ClientRequestToken } = input as TransactWriteItemsInput;
  return { ...input, ClientRequestToken: ClientRequestToken ?? randomUUID() } as TransactWriteItemsInput;
}
