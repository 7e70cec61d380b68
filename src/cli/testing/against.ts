/** A command line against a canned server that lives for one test. */
import { onTestFinished } from 'vitest';
import { type Answers, type CannedServer, cannedServer } from './canned-server.ts';
import { type Ran, type RunOptions, run } from './run.ts';

export interface Against {
  readonly server: CannedServer;
  run(argv: readonly string[], options?: RunOptions): Promise<Ran>;
}

/** The project is `vision`. */
export async function against(answers: Answers): Promise<Against> {
  const server = await cannedServer(answers);
  onTestFinished(() => server.close());
  return {
    server,
    run: (argv, { env, ...more } = {}) =>
      run(argv, {
        ...more,
        env: { CAPSTAN_SERVER: server.url, CAPSTAN_KEY: 'k', CAPSTAN_PROJECT: 'vision', ...env },
      }),
  };
}
