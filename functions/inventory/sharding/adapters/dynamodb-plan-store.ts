import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { transact } from '../../../shared/conditional-writes.ts';
import { noRecords, type RecordRequest, readRecords, type TableAccess } from '../../../shared/table-access.ts';
import { registryRecord } from '../../locations/index.ts';
import type { PlanReader, PlanStore } from '../commands/plan-store.ts';
import { isHot, type SkuPlan } from '../domain/shard-plan.ts';
import { hotKeyOf, hotKeys, planPut, planRecords } from './plan-item.ts';

const hotSkus: RecordRequest<readonly string[]> = {
  keys: hotKeys,
  read: (items) => [...new Set(hotKeys.flatMap((key) => items.get(key)?.skus?.SS ?? []))],
};

export function dynamodbPlanStore(access: TableAccess): PlanStore {
  return {
    read: async (skus, consistency) => (await readRecords(access, { plans: planRecords(skus) }, consistency)).plans,
    write: (plan) => writePlan(access, plan),
    hotSkus: async () => (await readRecords(access, { hotSkus }, 'eventual')).hotSkus,
  };
}

export function dynamodbPlanReader(access: TableAccess): PlanReader {
  return {
    async plansAndLocations(skus, withLocations) {
      const registry = withLocations ? registryRecord : noRecords;
      const found = await readRecords(access, { plans: planRecords(skus), registry }, 'eventual');
      return { plans: found.plans, locations: found.registry?.locations };
    },
  };
}

/**
 * Costs two write units for the plan and two for a list of hot SKUs. Both are written in one transaction: plans change
 * rarely, and the lists must not miss any.
 */
async function writePlan({ client, table, pace }: TableAccess, plan: SkuPlan): Promise<'written' | 'changed'> {
  const list: TransactWriteItem = {
    Update: {
      TableName: table,
      Key: { pk: { S: hotKeyOf(plan.sku) } },
      UpdateExpression: `${isHot(plan) ? 'ADD' : 'DELETE'} skus :sku`,
      ExpressionAttributeValues: { ':sku': { SS: [plan.sku] } },
    },
  };
  const result = await transact({ client, pace }, [planPut(table, plan), list]);
  return result.outcome === 'done' ? 'written' : 'changed';
}
