import { cancellationRequested } from '../../events/orders/cancellation-requested.v1.ts';
import { readConfig } from '../shared/config.ts';
import { eventConsumer } from '../shared/event-consumer.ts';
import { sagaStarter } from './adapters/saga-starter.ts';
import { cancellationSagaInput } from './domain/saga-input.ts';

const config = readConfig('CANCELLATION_SAGA_ARN');
const start = sagaStarter(config.CANCELLATION_SAGA_ARN);

/**
 * Starts cancellation-saga. The execution's name has the sequence of the request, which tells a second request from the
 * first.
 */
export const handler = eventConsumer(cancellationRequested, (event) =>
  start(`${event.orderId}-cancel-${event.sequence}`, cancellationSagaInput(event)),
);
