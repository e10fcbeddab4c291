import './node-version.ts';
import { parseArgs } from 'node:util';

const usage = `npm run views -- --orders NAME --views NAME [options]

Writes the views of orders again that have not ended and are not in the index of due orders. Needed once after a deployment
that adds this index: views that were written before it do not say when the order is due. It may run at any time and again.

  --orders NAME       the Orders table
  --views NAME        the OrderViews table
  --hold-seconds N    how long stock is held in that stage (default 900)
  --region REGION     region of the tables (default: the environment's)
  --endpoint URL      endpoint of another store than AWS's
`;

const text = { type: 'string' } as const;

async function main(): Promise<void> {
  const options = { orders: text, views: text, region: text, endpoint: text, 'hold-seconds': text };
  const { values } = parseArgs({ options });
  const { orders, views, region, endpoint, 'hold-seconds': hold = '900' } = values;
  const holdSeconds = Number(hold);
  if (orders === undefined || views === undefined || !(holdSeconds > 0)) throw new Error(usage);
  if (region !== undefined) process.env.AWS_REGION = region;
  if (endpoint !== undefined) process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
  // AWS clients read the environment when they are created, so the imports come after.
  const { dynamo } = await import('../functions/shared/aws/clients.ts');
  const { dynamoOrderLog } = await import('../functions/orders/adapters/dynamodb-order-log.ts');
  const { orderViewWriter } = await import('../functions/orders/adapters/dynamodb-order-views.ts');
  const { undueViews } = await import('../functions/orders/adapters/dynamodb-undue-views.ts');
  const { rewriteViews } = await import('../functions/orders/commands/rewrite-views.ts');
  const log = dynamoOrderLog(dynamo(), orders);
  const write = orderViewWriter(views, 'older_or_same');
  const { rewrittenCount, failed } = await rewriteViews(undueViews(views), { log, write, holdSeconds });
  console.log(`${rewrittenCount} views rewritten`);
  for (const { orderId, reason } of failed) console.error(`the view of ${orderId} is not rewritten: ${reason}`);
  if (failed.length > 0) process.exitCode = 1;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 2;
});
