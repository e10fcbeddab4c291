import { runSale } from './sale.ts';
import { scenarioOf } from './scenario.ts';

const [algorithm, perSecond, shards, extra] = process.argv.slice(2);
const s = Date.now();
const r = await runSale(
  scenarioOf({
    seed: 1,
    algorithm: algorithm as 'T',
    perSecond: Number(perSecond),
    shards: Number(shards),
    ...JSON.parse(extra ?? '{}'),
  }),
);
console.log(r, Date.now() - s, 'ms');
