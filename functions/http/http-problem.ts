import type { Problem } from "../../shared/api/problem.ts";

/** Ends a request with `problem`; only middlewares throw it. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.code);
    this.problem = problem;
  }
}
