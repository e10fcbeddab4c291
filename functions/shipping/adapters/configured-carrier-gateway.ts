import { type SecretStore, secretStore } from '../../shared/secret-store.ts';
import type { CarrierGateway } from '../commands/carrier-gateway.ts';
import { easypostGateway } from './easypost-gateway.ts';
import { readSenders } from './senders.ts';

/** What every function that talks to the carrier gateway is told. */
interface GatewayConfig {
  readonly CARRIER_ENDPOINT: string;
  readonly CARRIER_SECRET_ID: string;
}

/** What only a function that buys labels is told. */
interface BookingConfig {
  readonly CARRIER_ACCOUNT: string;
  readonly CARRIER_SERVICE: string;
  readonly SHIP_FROM: string;
}

/** The gateway that this deployment is configured for, able to book. */
export function bookingGateway(config: GatewayConfig & BookingConfig): CarrierGateway {
  return easypostGateway(
    {
      endpoint: config.CARRIER_ENDPOINT,
      carrierAccount: config.CARRIER_ACCOUNT,
      service: config.CARRIER_SERVICE,
      // The provider's own gateway prints labels that are sent.
      senderFor: readSenders(config.SHIP_FROM, config.CARRIER_ENDPOINT !== ''),
    },
    secretStore(config.CARRIER_SECRET_ID),
  );
}

/** The gateway that this deployment is configured for, for everything but booking. */
export function carrierGateway(
  config: GatewayConfig,
  secret: SecretStore = secretStore(config.CARRIER_SECRET_ID),
): Omit<CarrierGateway, 'offer'> {
  const senderFor = () => {
    throw new Error('this function has no senders');
  };
  return easypostGateway({ endpoint: config.CARRIER_ENDPOINT, carrierAccount: '', service: '', senderFor }, secret);
}
