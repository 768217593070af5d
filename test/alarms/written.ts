import { jest } from "@jest/globals";
import { relay } from "../../functions/adapters/nudge.ts";

/** One value as CloudWatch would take it from a log line. */
export interface Taken {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What `work` writes to standard output and error, both of which are a function's log, read as CloudWatch reads the embedded metric format. */
export async function taken(work: () => Promise<unknown>): Promise<readonly Taken[]> {
  const written: string[] = [];
  const writes = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, "write").mockImplementation((text) => {
      written.push(String(text));
      return true;
    }),
  );
  try {
    await work();
  } finally {
    for (const write of writes) write.mockRestore();
  }
  return written.flatMap((text) => text.split("\n").flatMap(metricsIn));
}

function metricsIn(line: string): readonly Taken[] {
  if (!line.includes('"_aws"')) return [];
  const fields = JSON.parse(line) as Record<string, unknown>;
  const { CloudWatchMetrics } = fields._aws as {
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: string }[];
    }[];
  };
  return CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name, Unit }) => ({
        namespace: Namespace,
        name: Name,
        unit: Unit,
        dimensions: Object.fromEntries(names.map((name) => [name, String(fields[name])])),
        value: Number(fields[Name]),
      })),
    ),
  );
}

type Job = Parameters<typeof relay>[1];

/** What one sweep of a job writes; that its call fails is Lambda's to count. */
export const swept = (service: string, job: Partial<Omit<Job, "service" | "meter">>) =>
  taken(() =>
    relay({}, { all: async () => ["acme"], work: async () => 0, ...job, service }).catch(() => {}),
  );
