import { type SecretStore, secretStore } from '../../shared/secret-store.ts';
import type { CarrierGateway } from '../commands/carrier-gateway.ts';
import { easypostGateway } from './easypost-gateway.ts';
import { readSenders } from './senders.ts';

/** Configuration of every function that calls the carrier gateway. */
interface GatewayConfig {
  /** Base URL of the gateway; empty for EasyPost's own. */
  readonly CARRIER_ENDPOINT: string;
  readonly CARRIER_SECRET_ID: string;
}

/** Configuration of a function that buys labels. */
interface BookingConfig {
  readonly CARRIER_ACCOUNT: string;
  readonly CARRIER_SERVICE: string;
  readonly SHIP_FROM: string;
}

/** The carrier gateway of this deployment, with all methods. */
export function bookingGateway(config: GatewayConfig & BookingConfig): CarrierGateway {
  return easypostGateway(
    {
      endpoint: config.CARRIER_ENDPOINT,
      carrierAccount: config.CARRIER_ACCOUNT,
      service: config.CARRIER_SERVICE,
      // Labels of EasyPost's own gateway are used for real parcels, so a sample sender is not accepted there.
      senderFor: readSenders(config.SHIP_FROM, config.CARRIER_ENDPOINT !== ''),
    },
    secretStore(config.CARRIER_SECRET_ID),
  );
}

/** The carrier gateway of this deployment without `offer`, which needs the configuration of a function that books. */
export function carrierGateway(
  config: GatewayConfig,
  secret: SecretStore = secretStore(config.CARRIER_SECRET_ID),
): Omit<CarrierGateway, 'offer'> {
  const senderFor = () => {
    throw new Error('this function has no senders');
  };
  return easypostGateway({ endpoint: config.CARRIER_ENDPOINT, carrierAccount: '', service: '', senderFor }, secret);
}
