import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '../../events/envelope.ts';
import { synthesize } from '../../local/index.ts';
import type { Outsider } from './outsider.ts';

const services = 'Orders.template.json';
const queue = 'partner-queue';

interface Template {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown>; Metadata?: Record<string, string> }>;
}

/** An event as a subscriber of the bus receives it. */
export interface BusMessage {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Envelope;
}

/**
 * The app together with the deployment of a partner that receives every event: a rule on the bus and its own queue. The app
 * does not refer to it.
 */
export async function appWithPartner(): Promise<{ readonly assembly: string; readonly remove: () => void }> {
  const synthesized = await synthesize({ stage: 'dev' });
  const assembly = mkdtempSync(join(tmpdir(), 'holdfast-partner-'));
  for (const file of readdirSync(synthesized)) {
    if (file !== services) symlinkSync(join(synthesized, file), join(assembly, file));
  }
  const template = JSON.parse(readFileSync(join(synthesized, services), 'utf8')) as Template;
  writeFileSync(join(assembly, services), JSON.stringify(subscribed(template)));
  return { assembly, remove: () => rmSync(assembly, { recursive: true }) };
}

function subscribed({ Resources, ...rest }: Template): Template {
  const bus = Object.values(Resources).find(({ Type, Properties }) => {
    return Type === 'AWS::Events::Rule' && Properties.EventBusName !== undefined;
  })?.Properties.EventBusName;
  if (bus === undefined) throw new Error('the app has no rule on its bus');
  const PartnerQueue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: queue } };
  const PartnerRule = {
    Type: 'AWS::Events::Rule',
    Properties: {
      EventBusName: bus,
      EventPattern: { source: [{ prefix: 'oms.' }] },
      State: 'ENABLED',
      Targets: [{ Id: 'Queue', Arn: { 'Fn::GetAtt': ['PartnerQueue', 'Arn'] } }],
    },
  };
  return { ...rest, Resources: { ...Resources, PartnerQueue, PartnerRule } };
}

/** The events that the partner has received so far, removed from its queue. */
export async function receivedBy(partner: Outsider): Promise<BusMessage[]> {
  return (await partner.drain(queue)).map((body) => JSON.parse(body) as BusMessage);
}
