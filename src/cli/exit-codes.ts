/** What the command's exit status says; `docs/cli.md` and the help of `capstan` list the same. */
export const EXIT = {
  done: 0,
  /** The job failed or was cancelled (`--wait`, `--follow`, `watch`). */
  jobFailed: 1,
  /** A wrong flag, or a file that is not valid: nothing was sent. */
  usage: 2,
  /** The server said no (4xx). */
  refused: 3,
  /** No answer, or none that helps (network, 5xx). */
  unreachable: 4,
  /** A defect of this program. */
  defect: 70,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Of several outcomes the one to report: the highest. */
export function worst(codes: readonly number[]): number {
  return Math.max(EXIT.done, ...codes);
}
