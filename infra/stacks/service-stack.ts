import { type App, Stack } from 'aws-cdk-lib/core';
import { nameIn } from '../constructs/build.ts';
import type { Settings } from '../settings.ts';

/**
 * A stack of functions and what belongs to them. It holds no data and can be deleted and created again.
 *
 * Service stacks refer to one another by the names of their resources (`functionIn`, `alarmTopicArn`), so that none of them
 * exports a value and each can be deployed, rolled back and deleted by itself.
 */
export class ServiceStack extends Stack {
  /** @param id the construct id, in Pascal case; the end of the stack's name in lower case */
  constructor(app: App, id: string, settings: Settings, content: string) {
    super(app, id, {
      stackName: nameIn(settings, id.toLowerCase()),
      description: `Holdfast ${settings.stage}: ${content}`,
    });
  }
}
