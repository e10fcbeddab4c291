import { dispatchRequested } from '../../events/orders/dispatch-requested.v1.ts';
import { readConfig } from '../shared/config.ts';
import { eventConsumer } from '../shared/event-consumer.ts';
import { sagaStarter } from './adapters/saga-starter.ts';
import { dispatchSagaInput } from './domain/saga-input.ts';

const config = readConfig('DISPATCH_SAGA_ARN');
const start = sagaStarter(config.DISPATCH_SAGA_ARN);

/**
 * Starts dispatch-saga. A second request after a failed dispatch starts another execution; the sequence in the name
 * tells them apart.
 */
export const handler = eventConsumer(dispatchRequested, (event) =>
  start(`${event.data.shipmentId}-${event.sequence}`, dispatchSagaInput(event)),
);
