import { openPool } from "../../functions/adapters/postgres/pool.ts";

/** A place in the database that no writer passes until `release`. */
export interface Hold {
  /** Ends those who wait there, so that nothing of theirs is committed, and lets everybody through. */
  release(): Promise<void>;
}

/**
 * Lets nobody but who began before bring the outbox of the database at `superuserUrl` above `rows` rows more than it has: they wait in their
 * transaction. Who is to be killed in the middle of many commits is then still there, however late the kill comes.
 */
export async function holdOutbox(superuserUrl: string, rows: number): Promise<Hold> {
  const pool = openPool({ url: superuserUrl, max: 2 });
  const keeper = await pool.lease();
  await keeper.query("SELECT pg_advisory_lock(1)");
  const { rows: counted } = await pool.query<{ n: bigint }>("SELECT count(*) AS n FROM outbox");
  const most = BigInt(rows) + (counted[0]?.n ?? 0n);
  await pool.query(`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      IF (SELECT count(*) FROM public.outbox) > ${most} THEN
        PERFORM pg_advisory_lock_shared(1);
      END IF;
      RETURN NULL;
    END $$`);
  await pool.query(
    "CREATE TRIGGER hold AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION hold()",
  );
  return {
    release: async () => {
      await pool.query(
        `SELECT pg_terminate_backend(pid, 60000) FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()`,
      );
      await pool.query("DROP FUNCTION hold CASCADE");
      keeper.release();
      await pool.end();
    },
  };
}
