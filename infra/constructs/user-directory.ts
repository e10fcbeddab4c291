import { AccountRecovery, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Group } from '../../api/define-route.ts';
import type { Stage } from '../settings.ts';

/** Groups and what they may do; a user in none of them is a customer. */
const groups: Record<Group, string> = {
  staff: 'Sees every order, keeps the catalog and the stock.',
  warehouse: 'Hands shipments over to the carrier.',
};

/** Who may sign in: one user pool, the client of the shop's own apps, and the groups. */
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
      // A password in a request is for trying things out; apps prove it with SRP.
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
        reason: 'Shoppers are not made to carry a second factor; the owner can require one of staff in the user pool.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason:
          'The Plus plan is billed by the active user; whether its threat protection is worth that is up to the owner.',
      },
    );
  }
}
