import { AccountRecovery, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Group } from '../../api/define-route.ts';
import type { Stage } from '../settings.ts';

/** The groups and their descriptions. A user without a group is a customer. */
const groups: Record<Group, string> = {
  staff: 'May read every order and maintain the catalog and the stock.',
  warehouse: 'May dispatch shipments and book stock.',
};

/** The user pool with its groups and with the client for the shop's own apps. */
export class UserDirectory extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, { stage }: { readonly stage: Stage }) {
    super(scope, id);
    const prod = stage === 'prod';
    this.pool = new UserPool(this, 'UserPool', {
      selfSignUpEnabled: true,
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
      removalPolicy: prod ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    this.client = this.pool.addClient('AppClient', {
      // Sign-in with a plain password is for manual tests. Apps use SRP, which does not send the password.
      authFlows: { userSrp: true, userPassword: !prod },
      disableOAuth: true,
      generateSecret: false,
      preventUserExistenceErrors: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
    });
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
