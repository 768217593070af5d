import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Records why a finding of cdk-nag or of CloudFormation's own checks is right here and stays. */
export function acknowledge(scope: IConstruct, id: string, reason: string): void {
  Validations.of(scope).acknowledge({ id, reason });
}
