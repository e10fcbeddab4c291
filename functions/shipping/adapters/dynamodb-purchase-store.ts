import {
  type AttributeValue,
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { dynamo } from '../../shared/aws/clients.ts';
import { shipmentIdPattern } from '../../shared/kernel/ids.ts';
import { addSeconds, type Clock } from '../../shared/kernel/time.ts';
import type { Offer } from '../domain/carrier-gateway.ts';
import type { OffersByShipment, PurchaseStore } from '../domain/purchases.ts';

/** Carriers take labels back for a limited time (USPS for thirty days), and an order ends or is confirmed within minutes. */
const keepSeconds = 90 * 24 * 60 * 60;

const offer = z.object({ carrierShipmentId: z.string(), rateId: z.string() });

/** Keeps them in the table of idempotency records: they are of the same kind, and expire by themselves. */
export function dynamoPurchaseStore(table: string, clock: Clock): PurchaseStore {
  const update = async (
    orderId: string,
    sets: readonly string[],
    { ExpressionAttributeValues: values, ...change }: Partial<UpdateItemCommandInput>,
  ): Promise<OffersByShipment> => {
    const expiration = Math.floor(Date.parse(addSeconds(clock(), keepSeconds)) / 1000);
    const { Attributes } = await dynamo().send(
      new UpdateItemCommand({
        TableName: table,
        Key: { id: { S: `purchases#${orderId}` } },
        UpdateExpression: `SET ${['expiration = :expiration', ...sets].join(', ')}`,
        ReturnValues: 'ALL_NEW',
        ...change,
        ExpressionAttributeValues: { ...values, ':expiration': { N: String(expiration) } },
      }),
    );
    return offersIn(Attributes ?? {});
  };

  return {
    async decide(orderId, offers) {
      const entries = [...offers].map(([shipmentId, each], index) => ({ shipmentId, each, index }));
      try {
        return await update(
          orderId,
          entries.map(({ index }) => `#s${index} = if_not_exists(#s${index}, :o${index})`),
          {
            ConditionExpression: 'attribute_not_exists(closed)',
            ExpressionAttributeNames: Object.fromEntries(
              entries.map(({ shipmentId, index }) => [`#s${index}`, shipmentId]),
            ),
            ExpressionAttributeValues: Object.fromEntries(
              entries.map(({ each, index }) => [`:o${index}`, { M: itemOf(each) }]),
            ),
          },
        );
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
    close: (orderId) => update(orderId, ['closed = :true'], { ExpressionAttributeValues: { ':true': { BOOL: true } } }),
  };
}

function itemOf({ carrierShipmentId, rateId }: Offer): Record<string, AttributeValue> {
  return { carrierShipmentId: { S: carrierShipmentId }, rateId: { S: rateId } };
}

/** A shipment's offer is the attribute that its id names. */
function offersIn(item: Record<string, AttributeValue>): OffersByShipment {
  const offers = Object.entries(unmarshall(item)).filter(([name]) => shipmentIdPattern.test(name));
  return new Map(offers.map(([shipmentId, value]) => [shipmentId, z.parse(offer, value)]));
}
