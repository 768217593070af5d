/** Why somebody's data is held back from erasure. */
export const holdBases = ["litigation", "regulator", "investigation"] as const;
/** On what ground an erasure is asked for: by the person (GDPR Art. 17), or because the retention schedule says so. */
export const erasureBases = ["request", "retention"] as const;
/** Why an erasure that was asked for is not done (GDPR Art. 17(3), 12(6)). */
export const declineReasons = ["legal-obligation", "legal-claims", "not-identified"] as const;
/** What an erasure closes of a record: all about the person, or only who acted. */
export const coverKinds = ["subject", "actor"] as const;
