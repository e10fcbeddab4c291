import { Archive, type CfnArchive, type EventBus } from 'aws-cdk-lib/aws-events';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { allEvents } from '../../events/catalog.ts';
import type { Stage } from '../settings.ts';

export interface EventArchiveProps {
  readonly bus: EventBus;
  readonly stage: Stage;
}

/** How long events are archived. Older events are in the order log. */
const retention = { dev: Duration.days(7), prod: Duration.days(365) } as const;

/** An archive of the published events, for replay to a new subscriber or to one that lost events. */
export class EventArchive extends Construct {
  constructor(scope: Construct, id: string, { bus, stage }: EventArchiveProps) {
    super(scope, id);
    const archive = new Archive(this, 'Archive', {
      sourceEventBus: bus,
      eventPattern: { source: [...new Set(allEvents.map((event) => event.source))] },
      retention: retention[stage],
    });
    (archive.node.defaultChild as CfnArchive).applyRemovalPolicy(
      stage === 'prod' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    );
  }
}
