import './node-version.ts';
import { createApp } from './holdfast-app.ts';

// Without the CLI the output directory is not given; the CLI's default is used then.
createApp({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out' }).synth();
