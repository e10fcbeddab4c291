import { Archive, type CfnArchive, type EventBus } from 'aws-cdk-lib/aws-events';
import { Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { allEvents } from '../../events/catalog.ts';
import type { Stage } from '../settings.ts';

export interface EventArchiveProps {
  readonly bus: EventBus;
  readonly stage: Stage;
}

/** Long enough to give a new subscriber the recent past; the order log has all of it. */
const retention = { dev: Duration.days(7), prod: Duration.days(365) } as const;

/** Keeps what was published, for replay to a subscriber that came late or lost something. */
export class EventArchive extends Construct {
  constructor(scope: Construct, id: string, { bus, stage }: EventArchiveProps) {
    super(scope, id);
    const archive = new Archive(this, 'Archive', {
      sourceEventBus: bus,
      eventPattern: { source: [...new Set(allEvents.map((event) => event.source))] },
      retention: retention[stage],
    });
    (archive.node.defaultChild as CfnArchive).applyRemovalPolicy(
      stage === 'prod' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    );
  }
}
