import { plainAnswer, plainBody } from './dynamo-json.ts';
import type { ShortWay } from './short-send.ts';

// How the services that an order meets again and again are called.

export const dynamoWay: ShortWay = {
  service: 'dynamodb',
  mayRepeat: true,
  plain: { body: plainBody, answer: plainAnswer },
};

export const eventBridgeWay: ShortWay = { service: 'events', mayRepeat: true };

export const stepFunctionsWay: ShortWay = { service: 'states', mayRepeat: true };
