// One config, four lanes: walls (the house rules), fast, slow (faults and sweeps), peers (other people's tools).
const lane = (displayName, testMatch, extra = {}) => ({
  displayName,
  rootDir: ".",
  testMatch,
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  transform: {
    "\\.ts$": [
      "@swc/jest",
      {
        jsc: {
          parser: { syntax: "typescript" },
          target: "es2024",
          experimental: { keepImportAttributes: true },
        },
        module: { type: "es6" },
      },
    ],
  },
  ...extra,
});
const cluster = {
  globalSetup: "./test/cluster/start.ts",
  globalTeardown: "./test/cluster/stop.ts",
};

export default {
  // Ends what hangs, and nothing that is only slow: a loaded machine takes five times as long as a quiet one.
  testTimeout: 180_000,
  // Much of a test here is waiting for PostgreSQL and for processes of its own: every core has a worker.
  maxWorkers: "100%",
  projects: [
    lane("walls", ["<rootDir>/test/walls.test.ts"]),
    lane(
      "fast",
      [
        "<rootDir>/test/**/*.test.ts",
        "!**/test/walls.test.ts",
        "!**/*.slow.test.ts",
        "!**/*.peers.test.ts",
      ],
      cluster,
    ),
    lane("slow", ["<rootDir>/test/**/*.slow.test.ts"], cluster),
    lane("peers", ["<rootDir>/test/**/*.peers.test.ts"], cluster),
  ],
};
