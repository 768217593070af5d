import { losingCommits, sampleLog } from "../sequencer/sample-log.ts";
import { contractLog, ledgerEngineContract } from "./ledger.ts";

ledgerEngineContract("tlog", async () => {
  const under = await sampleLog(contractLog);
  const { pool, loseNext } = losingCommits(under.sequencer);
  return {
    engine: under.engine(pool),
    secondEngine: under.engine(),
    submit: (records) => under.submit(records),
    loseNextAnswer: () => loseNext("kept"),
    recordCount: async (log) => {
      const { rows } = await under.owner.query<{ n: bigint }>(
        "SELECT count(*) AS n FROM entry WHERE insurer = $1",
        [log],
      );
      return rows[0]?.n ?? 0n;
    },
    dispose: () => under.close(),
  };
});
