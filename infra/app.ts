import './node-version.ts';
import { createApp } from './holdfast-app.ts';

// Without the CLI nobody names the output directory; the CLI's own default is taken then.
createApp({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out' }).synth();
