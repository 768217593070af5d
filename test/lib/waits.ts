import { policiesOf, roleOf, stackOf } from "./findings.ts";
import { ofType, type Resource, type Resources } from "./synthesised.ts";

const needing = ["AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"];

/** All that CloudFormation makes before the resource at `path`, by Ref, GetAtt and DependsOn; itself among them. */
function before(resources: Resources, path: string): ReadonlySet<string> {
  const stack = stackOf(path);
  const found = new Set([path]);
  // A set goes on with what is added while it is walked.
  for (const one of found) {
    const { Properties, DependsOn = [] } = resources[one] ?? { Properties: {} };
    const text = JSON.stringify(Properties ?? {});
    const named = text.match(/(?<="Ref":"|"Fn::GetAtt":\[")[^"]+/g) ?? [];
    for (const id of [...named, ...DependsOn]) {
      if (`${stack}/${id}` in resources) found.add(`${stack}/${id}`);
    }
  }
  return found;
}

const isNeeding = ({ Type }: Resource): boolean =>
  needing.includes(Type) || Type.startsWith("Custom::");

/**
 * What is made of a function, its event sources and what it answers CloudFormation itself, before the role of the function may do what a policy allows it: `resource: policy`. Lambda
 * refuses the first two where the role may not send to their queue, and the third fails.
 */
export const tooEarly = (resources: Resources): string[] =>
  Object.entries(resources)
    .filter(([, resource]) => isNeeding(resource))
    .flatMap(([path]) => {
      const made = before(resources, path);
      const lambdas = ofType(resources, "AWS::Lambda::Function").filter(([at]) => made.has(at));
      const policies = lambdas.flatMap(([at, lambda]) =>
        policiesOf(resources, roleOf(at, lambda)).map(([policy]) => policy),
      );
      return policies.filter((policy) => !made.has(policy)).map((policy) => `${path}: ${policy}`);
    });
