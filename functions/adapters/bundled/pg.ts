import Client from "pg/lib/client.js";
import PgPool from "pg-pool";
import types from "pg-types";

/** What bundles have in place of `pg`: its pool over its own client. The package's entry brings its other client too, which is for a native library. */
class Pool extends PgPool {
  constructor(options: object) {
    super(options, Client);
  }
}

export { Client, Pool, types };
