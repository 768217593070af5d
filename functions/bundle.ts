import { fileURLToPath } from "node:url";

/** Packages written as CommonJS ask for Node's own modules by `require`, which a module has not. */
const requireBanner =
  'import{createRequire as cs$require}from"node:module";const require=cs$require(import.meta.url);';

/** A file of ours that bundles have in place of a package, or a part of one, that a function has no use for. */
const own = (file: string): string =>
  fileURLToPath(new URL(`adapters/${file}.ts`, import.meta.url));

/** How a function's handler.ts is bundled, wherever that is done: an ES module for Lambda's Node, minified, the SDK inside. */
export const bundle = {
  target: "node24",
  mainFields: ["module", "main"],
  minify: true,
  banner: requireBanner,
  alias: {
    "@aws-sdk/credential-provider-node": own("lambda-credentials"),
    "@smithy/core/checksum": own("checksum"),
    "@smithy/core/event-streams": own("bundled/event-streams"),
    "@bufbuild/re2": own("bundled/re2"),
    "@bufbuild/cel-spec/cel/expr/checked_pb.js": own("bundled/protobuf"),
    "@bufbuild/cel-spec/cel/expr/syntax_pb.js": own("bundled/protobuf"),
    "@bufbuild/protobuf": own("bundled/protobuf"),
    "@bufbuild/protobuf/reflect": own("bundled/protobuf"),
    "@bufbuild/protobuf/wire": own("bundled/protobuf"),
    "@bufbuild/protobuf/wkt": own("bundled/protobuf"),
    pg: own("bundled/pg"),
    "pg/lib/client.js": "pg/lib/client.js",
    pgpass: own("bundled/pgpass"),
    bowser: own("bundled/bowser"),
  },
} as const;
