import { type App, CfnOutput } from 'aws-cdk-lib/core';
import { routes } from '../../api/routes.ts';
import type { SandboxProps } from '../capabilities/sandbox.ts';
import { SandboxPages } from '../capabilities/sandbox-pages.ts';
import type { Deployment } from '../constructs/deployment.ts';
import { HttpApi } from '../constructs/http-api.ts';
import { ServiceStack } from './service-stack.ts';

/** The HTTP API, in front of the functions of all capabilities; in dev also the pages of the sandbox that call it. */
export class EdgeStack extends ServiceStack {
  constructor(app: App, id: string, deployment: Deployment, sandbox?: SandboxProps) {
    super(app, id, deployment.settings, 'HTTP API');
    const api = new HttpApi(this, 'HttpApi', { deployment, routes, users: deployment.data.users });
    if (sandbox) new SandboxPages(this, 'Sandbox', deployment, { ...sandbox, apiUrl: api.url });
    new CfnOutput(this, 'ApiUrl', { value: api.url });
  }
}
