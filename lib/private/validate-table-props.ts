import { Token, type Stack } from 'aws-cdk-lib';
import { StreamViewType, TableEncryption, type TablePropsV2 } from 'aws-cdk-lib/aws-dynamodb';
import { aliasFaults } from './encryption';
import { removalPolicyFault } from './validate-choice';
import { required } from './validate-required';

/** What is wrong with the table of an outbox, before it is defined. What is not known before deployment (tokens) passes. */
export function tablePropsFaults(props: TablePropsV2, { region }: Stack): string[] {
  const { dynamoStream = StreamViewType.NEW_AND_OLD_IMAGES, encryption, replicas = [] } = props;
  const faults: (string | undefined)[] = [
    ...required('partitionKey', props.partitionKey, 'name the attribute that items are told apart by, and its type'),
    ...aliasFaults('the key of encryption', encryption?.tableKey),
    removalPolicyFault('removalPolicy', props.removalPolicy),
  ];
  if (dynamoStream !== StreamViewType.NEW_AND_OLD_IMAGES) {
    faults.push(`dynamoStream must be NEW_AND_OLD_IMAGES, because events need both images, got ${dynamoStream}: leave it out`);
  }
  const needsRegion = [
    ...(encryption?.type === TableEncryption.CUSTOMER_MANAGED ? ['encryption with a key of your own needs'] : []),
    ...(replicas.length > 0 ? ['replicas need'] : []),
  ];
  if (Token.isUnresolved(region)) {
    faults.push(...needsRegion.map((what) => `${what} a stack whose region is known, got a stack for any region: give the stack an env with a region`));
  }
  return faults.filter((fault) => fault !== undefined);
}
