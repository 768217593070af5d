import { dsqlTokens, parseDsqlUrl, rotatingPool } from "./dsql.ts";
import { openPool, type Pool } from "./pool.ts";

/** The database that `url` names: `dsql://ROLE@ENDPOINT` by IAM, anything else as PostgreSQL reads it. Malformed if it can't be read. */
export function openDatabase(url: string): Pool {
  const place = parseDsqlUrl(url);
  return place ? rotatingPool(dsqlTokens(place), Date.now) : openPool({ url, max: 4 });
}
