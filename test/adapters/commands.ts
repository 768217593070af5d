/** How an SDK client's package is called in IAM. */
const services: Readonly<Record<string, string>> = {
  "@aws-sdk/client-kms": "kms",
  "@aws-sdk/client-eventbridge": "events",
  "@aws-sdk/client-secrets-manager": "secretsmanager",
  "@aws-sdk/client-qldb": "qldb",
};

/** What a request to S3 asks of its sender; a reader may list, for otherwise S3 calls what is not there forbidden. */
const ofS3: Readonly<Record<string, readonly string[]>> = {
  GET: ["s3:GetObject", "s3:ListBucket"],
  HEAD: ["s3:GetObject", "s3:ListBucket"],
  PUT: ["s3:PutObject"],
  DELETE: ["s3:DeleteObject"],
};

/** What a statement asks of its sender: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonqldb.html */
const ofPartiQl: Readonly<Record<string, string>> = {
  "CREATE TABLE": "qldb:PartiQLCreateTable",
  "CREATE INDEX": "qldb:PartiQLCreateIndex",
  "INSERT INTO": "qldb:PartiQLInsert",
  SELECT: "qldb:PartiQLSelect",
  UPDATE: "qldb:PartiQLUpdate",
  DELETE: "qldb:PartiQLDelete",
};

/** The actions that a file of adapters sends, by what stands in its text: commands of the SDK, requests to S3, messages to SQS, tokens of DSQL, statements of QLDB. Throws for a command of a client that nobody named here. */
export function commandsIn(path: string, text: string): ReadonlySet<string> {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const actions = new Set<string>();
  const [, packageName = ""] = /from "(@aws-sdk\/client-[a-z-]+)"/.exec(code) ?? [];
  for (const [, command] of code.matchAll(/new ([A-Z]\w+)Command\(/g)) {
    const service = services[packageName];
    if (service === undefined) throw new Error(`${path}: nobody says what ${command} is in IAM`);
    actions.add(`${service}:${command}`);
  }
  if (/\bS3Request\b|Pick<S3\b/.test(code) && !path.endsWith("/s3-client.ts")) {
    for (const [, method = ""] of code.matchAll(/(?:\bat\(|method: )"([A-Z]+)"/g)) {
      for (const action of ofS3[method] ?? [`s3:${method}`]) actions.add(action);
    }
    if (/\bcopyOf\(/.test(code)) actions.add("s3:GetObject");
  }
  if (/\bFifoMessage\b/.test(code) && !path.endsWith("sqs-client.ts")) {
    actions.add("sqs:SendMessage");
  }
  if (/\.getDbConnectAuthToken\(/.test(code)) actions.add("dsql:DbConnect");
  if (/\.getDbConnectAdminAuthToken\(/.test(code)) actions.add("dsql:DbConnectAdmin");
  if (/(?:^|\/)qldb\//.test(path)) {
    if (/new QldbDriver\(/.test(code)) actions.add("qldb:SendCommand");
    for (const [statement, action] of Object.entries(ofPartiQl)) {
      if (new RegExp(`["'\`]${statement} `).test(code)) actions.add(action);
    }
  }
  return actions;
}
