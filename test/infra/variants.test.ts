import { describe, expect, test } from 'vitest';
import { at, type Context, type Resource, synthesize, synthesizeChecked } from './synthesis.ts';

const variants: readonly Context[] = ['dev', 'prod'].flatMap((stage) =>
  ['STANDARD', 'EXPRESS'].flatMap((sagaType) =>
    ['false', 'true'].map((minimal) => ({ stage, sagaType, minimal }) as Context),
  ),
);

/** CloudFormation's own limits. */
const maxResources = 500;
const maxTemplateBytes = 1_000_000;

/** The resource types that `-c minimal=true` leaves out, including types that the app does not use. */
const rarelySupported = [
  'AWS::Events::Archive',
  'AWS::Events::EventBusPolicy',
  'AWS::Logs::ResourcePolicy',
  'AWS::EventSchemas::Registry',
  'AWS::EventSchemas::Schema',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::CachePolicy',
  'AWS::CloudFront::OriginRequestPolicy',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::WAFv2::WebACLAssociation',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::Logs::MetricFilter',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
];

/** A synthesis takes two or three seconds, the first one more, and longer on a busy machine. */
const synthesisTimeoutMs = 60_000;

describe.each(variants)('the app with stage=$stage sagaType=$sagaType minimal=$minimal', (variant) => {
  test(
    'synthesizes without a finding of cdk-nag or of the CDK',
    () => {
      expect(() => synthesizeChecked(variant)).not.toThrow();
    },
    synthesisTimeoutMs,
  );

  test('stays within the limits of CloudFormation', () => {
    const { templates, templateBytes } = synthesize(variant);
    for (const template of Object.values(templates)) {
      expect(Object.keys(at(template, 'Resources') as object).length).toBeLessThanOrEqual(maxResources);
    }
    for (const bytes of templateBytes) expect(bytes).toBeLessThanOrEqual(maxTemplateBytes);
  });
});

test('minimal leaves out rarely supported types and changes nothing else', () => {
  for (const stage of ['dev', 'prod']) {
    const full = synthesize({ stage, sagaType: 'STANDARD', minimal: 'false' });
    const minimal = synthesize({ stage, sagaType: 'STANDARD', minimal: 'true' });
    const kept = full.resources.filter(({ Type }) => !rarelySupported.includes(Type));
    expect(kept.length).toBeLessThan(full.resources.length);
    expect(minimal.resources).toEqual(kept);
  }
});

test('Standard and Express sagas run the same definitions', () => {
  const [standard, express] = ['STANDARD', 'EXPRESS'].map((sagaType) =>
    synthesize({ stage: 'dev', sagaType, minimal: 'false' }).ofType('AWS::StepFunctions::StateMachine'),
  );
  const definition = ({ name, Properties }: Resource) => [
    name,
    Properties.DefinitionString,
    Properties.DefinitionSubstitutions,
  ];
  expect(standard?.map(definition)).toEqual(express?.map(definition));
  expect(standard?.map(({ Properties }) => Properties.StateMachineType)).not.toContain('EXPRESS');
  expect(new Set(express?.map(({ Properties }) => Properties.StateMachineType))).toEqual(new Set(['EXPRESS']));
});

test('a state machine of the other type has another name, so that one can replace the other', () => {
  const names = ['STANDARD', 'EXPRESS'].flatMap((sagaType) =>
    synthesize({ stage: 'dev', sagaType, minimal: 'false' })
      .ofType('AWS::StepFunctions::StateMachine')
      .map(({ Properties }) => Properties.StateMachineName),
  );
  expect(new Set(names).size).toBe(names.length);
});
