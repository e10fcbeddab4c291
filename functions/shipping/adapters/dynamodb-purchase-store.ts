import {
  type AttributeValue,
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { shipmentIdPattern } from '../../../api/patterns.ts';
import { dynamo } from '../../shared/aws/clients.ts';
import { gatewayRecordKinds } from '../../shared/item-kinds.ts';
import { addSeconds, type Clock } from '../../shared/kernel/time.ts';
import type { PurchaseStore } from '../commands/purchase-store.ts';
import type { Offer, OffersByShipment } from '../domain/shipment.ts';

/** Longer than carriers take labels back (USPS: 30 days), and far longer than a saga runs (minutes). */
const keepSeconds = 90 * 24 * 60 * 60;

const price = z.object({ amount: z.string(), currency: z.string() });
const offer = z.object({ carrierShipmentId: z.string(), rateId: z.string(), price: z.exactOptional(price) });

/** Uses the table of gateway records, whose items expire after the time in `expiration` (seconds since 1970). */
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
        Key: { id: { S: `${gatewayRecordKinds.purchases}${orderId}` } },
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

function itemOf({ carrierShipmentId, rateId, price: paid }: Offer): Record<string, AttributeValue> {
  return {
    carrierShipmentId: { S: carrierShipmentId },
    rateId: { S: rateId },
    ...(paid && { price: { M: { amount: { S: paid.amount }, currency: { S: paid.currency } } } }),
  };
}

/** Each offer is an attribute of the item; its name is the shipment's id. */
function offersIn(item: Record<string, AttributeValue>): OffersByShipment {
  const offers = Object.entries(unmarshall(item)).filter(([name]) => shipmentIdPattern.test(name));
  return new Map(offers.map(([shipmentId, value]) => [shipmentId, z.parse(offer, value)]));
}
