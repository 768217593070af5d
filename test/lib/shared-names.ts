import type { Resource, Resources } from "./synthesised.ts";

/** Names that count within something that has one of its own: a user pool, an API. */
const inner = /^AWS::(Cognito::UserPool(Group|Client|ResourceServer)|ApiGatewayV2::\w+)$/;

/** What AWS takes one of in an account and region, CloudFront and IAM in an account, S3 anywhere: `type name` for each that a template chooses itself, or CloudWatch's dimension of a firewall. */
export const ownNames = (resources: Resources, where = /./): readonly string[] =>
  Object.entries(resources)
    .filter(([path, { Type }]) => where.test(`${path} ${Type}`) && !inner.test(Type))
    .flatMap(([, resource]) =>
      namesOf(resource).map((name) => `${resource.Type} ${JSON.stringify(name)}`),
    );

function namesOf({ Type, Properties = {} }: Resource): readonly unknown[] {
  const kind = Type.split("::").at(-1) ?? "";
  const nested = ["VisibilityConfig", `${kind}Config`];
  const named = Object.entries(Properties).filter(
    ([key]) =>
      key === "Name" || (key.endsWith("Name") && kind.endsWith(key.slice(0, -"Name".length))),
  );
  const within = nested.flatMap((key) => {
    const { Name, MetricName } = (Properties[key] ?? {}) as {
      Name?: unknown;
      MetricName?: unknown;
    };
    return [Name, MetricName].filter((name) => name !== undefined);
  });
  return [...named.map(([, value]) => value), ...within];
}

/** Names that both templates choose. */
export function sharedNames(one: Resources, other: Resources, where?: RegExp): readonly string[] {
  const names = new Set(ownNames(one, where));
  return ownNames(other, where).filter((name) => names.has(name));
}
