/** Nothing here speaks to AWS: whatever credentials the environment holds are not even there to be used. */
export function dropAwsEnvironment(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith("AWS_")) delete process.env[name];
  }
}
