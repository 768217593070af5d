declare module "pg/lib/client.js" {
  import type { Client } from "pg";

  const client: typeof Client;
  export = client;
}

declare module "pg-pool" {
  import type { Client } from "pg";

  /** The pool of `pg`, to be given the kind of client it is to hold. */
  class PgPool {
    constructor(options: object, client: typeof Client);
  }
  export = PgPool;
}
