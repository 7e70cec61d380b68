/** The life of `capstan up` as a command: says when it is ready, ends on a signal, says what goes on without it. */
import type { NodesFile } from '../contract/nodes-file.ts';
import { LiveConfig } from './config/live.ts';
import type { ConfigInput } from './config/load.ts';
import { stopRequested } from './stop-requested.ts';
import { startUp, type Up, type UpOptions } from './up.ts';

export interface UpCommand extends Pick<UpOptions, 'jobsUser' | 'nodes'> {
  readonly config: ConfigInput;
  /** `json`: one line `{"address","pid","keyFile"}` on standard output when ready, and nothing else there. */
  readonly output: 'text' | 'json';
  /** Makes the `local` context, so that a second terminal just works. */
  readonly rememberContext: (at: { readonly server: string; readonly keyFile: string }) => Promise<void>;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/** Resolves with the exit code, after SIGINT, SIGTERM, or the loss of the database. */
export async function runUp(command: UpCommand): Promise<number> {
  const stop = stopRequested();
  const config = await LiveConfig.load(command.config);
  const up = await startUp({
    settings: config.settings,
    jobsUser: command.jobsUser,
    nodes: command.nodes,
    onProgress: (message) => command.stderr(`${message} …\n`),
  });
  // In a terminal SIGHUP means that it was closed.
  if (!process.stdin.isTTY) config.onHangup(up.apply, up.log);
  const lost = new Promise<string>((resolve) => up.onLost(resolve));
  await command.rememberContext({ server: up.address, keyFile: up.keyFile });
  announce(up, command);
  const loss = await Promise.race([stop.then(() => undefined), lost]);
  if (loss !== undefined) {
    command.stderr(`Capstan ends: ${loss}. Start it again: what was acknowledged is kept.\n`);
  }
  await end(up, command);
  return loss === undefined ? 0 : 4;
}

function announce(up: Up, { output, stdout, nodes }: UpCommand): void {
  if (output === 'json') {
    stdout(`${JSON.stringify({ address: up.address, pid: process.pid, keyFile: up.keyFile })}\n`);
    return;
  }
  stdout(`Capstan is ready at ${up.address}
  key      ${up.keyFile}
${nodes === undefined ? '' : `  nodes    ${simulatedIn(nodes)}\n`}  try      capstan run -- echo hello
  stop     Ctrl-C; jobs that run go on, and the next \`capstan up\` finds them
`);
}

/** `1000 simulated in sim-a, sim-b` */
function simulatedIn({ clusters, local }: NodesFile): string {
  const count = clusters.flatMap(({ nodes }) => nodes).reduce((sum, group) => sum + group.count, 0);
  const names = clusters.map(({ name }) => name).join(', ');
  return `${count} simulated in ${names}${local ? '' : '; no processes run here'}`;
}

async function end(up: Up, { stderr }: UpCommand): Promise<void> {
  const running = await up.running().catch(() => 0);
  const simulated = up.simulated();
  await up.close();
  if (simulated > 0) {
    const attempts = simulated === 1 ? '1 simulated attempt is' : `${simulated} simulated attempts are`;
    stderr(`${attempts} lost; the next \`capstan up\` on this directory queues their jobs again.\n`);
  }
  if (running === 0) return;
  const jobs = running === 1 ? '1 job goes' : `${running} jobs go`;
  stderr(`${jobs} on without Capstan; the next \`capstan up\` on this directory takes the results.\n`);
}
