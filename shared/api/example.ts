/** Values the examples of the routes share. */
export const exampleClaim = "3f2b8c1d9e4a5f60718293a4b5c6d7e8";
export const examplePolicy = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
export const examplePayout = "7d6c5b4a39281706f5e4d3c2b1a09f8e";
export const examplePack = "91a2b3c4d5e6f708192a3b4c5d6e7f80";
export const exampleDraft = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
export const examplePerson = "5a6b7c8d9e0f1a2b3c4d5e6f70819203";
export const exampleEvidence = "7c6b5a49382716051423324150617f8e";
export const exampleHash = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";

/** A claim under the demo product's amendment: death from COVID-19 (ICD-10 U07.1). */
export const exampleSubmission = {
  insurer: "xiang-hu-bao",
  policy: examplePolicy,
  event: "death",
  lossDate: "2020-02-11",
  diagnosisDate: "2020-01-30",
  diagnoses: [{ system: "icd-10", code: "U07.1" }],
  lines: [{ service: "COVID-19 death benefit", claimed: { amount: "100000.00", currency: "CNY" } }],
  payee: { name: "Example Payee", account: "CN00EXAMPLE0001" },
};

/** A denial, which only a person may record. */
export const exampleRuling = {
  outcome: "DENY",
  reasonCode: "NOT_COVERED",
  reason: "The illness is not on the list of the terms in force on the date of diagnosis.",
  fileOpenedAt: "2026-11-22T09:30:00.000000Z",
  documentsOpened: [{ stream: exampleClaim, version: "1" }],
};
