import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  UserPool,
  type UserPoolClient,
  type UserPoolClientOptions,
  UserPoolEmail,
} from 'aws-cdk-lib/aws-cognito';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Group } from '../../api/define-route.ts';
import type { Settings } from '../settings.ts';

/** The groups and their descriptions. A user without a group is a customer. */
const groups: Record<Group, string> = {
  staff: 'May read every order and maintain the catalog and the stock.',
  warehouse: 'May dispatch shipments and book stock.',
};

/** The user pool with its groups, a client for the shop's own apps and one for the apps of staff. */
export class UserDirectory extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  /** For the apps of staff: its tokens are valid for a shorter time. */
  readonly staffClient: UserPoolClient;

  constructor(scope: Construct, id: string, { stage, selfSignUp, mailFrom }: Settings) {
    super(scope, id);
    const prod = stage === 'prod';
    this.pool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: selfSignUp,
      // Named, because the default plan of a new pool costs more for each user and has nothing that is used here.
      featurePlan: FeaturePlan.LITE,
      // A user can set up an authenticator app; the owner can require it in the user pool.
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      ...(mailFrom !== undefined && { email: UserPoolEmail.withSES({ fromEmail: mailFrom }) }),
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      deletionProtection: prod,
      removalPolicy: prod ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    });
    this.client = this.pool.addClient('AppClient', clientOptions(prod, Duration.hours(1), Duration.days(30)));
    this.staffClient = this.pool.addClient(
      'StaffClient',
      clientOptions(prod, Duration.minutes(15), Duration.hours(12)),
    );
    for (const [groupName, description] of Object.entries(groups)) {
      this.pool.addGroup(groupName, { groupName, description });
    }
    Validations.of(this.pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason: 'Customers need no second factor; the owner can require one for staff in the user pool.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'The Plus plan, which has threat protection, is billed by the active user; the owner can choose it.',
      },
    );
  }
}

function clientOptions(prod: boolean, tokenValidity: Duration, refreshTokenValidity: Duration): UserPoolClientOptions {
  return {
    // Sign-in with a plain password is for manual tests. Apps use SRP, which does not send the password. An
    // administrator's credentials allow it in every stage, so that a deployment can be tried from a shell.
    authFlows: { userSrp: true, userPassword: !prod, adminUserPassword: true },
    disableOAuth: true,
    generateSecret: false,
    preventUserExistenceErrors: true,
    accessTokenValidity: tokenValidity,
    idTokenValidity: tokenValidity,
    refreshTokenValidity,
  };
}
