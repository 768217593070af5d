import process from "node:process";

/**
 * What bundles have in place of `@aws-sdk/credential-provider-node`: the credentials of a function's role, which Lambda puts in its environment and which live as long as
 * the environment does. Profiles, SSO, web identities and instance metadata, which the SDK would look through before it fails, are on no Lambda function, and a sixth of a bundle.
 */
export const defaultProvider = () => async () => {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = process.env;
  if (!accessKeyId || !secretAccessKey) throw new Error("the environment holds no credentials");
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
};
