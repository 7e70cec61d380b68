/**
 * A server on a database of the test's own, in a process of its own, with an agent in it if one is named:
 * what `capstan server` and `capstan agent` are together. Two of them on one data directory share keys
 * and blobs, as replicas do.
 *
 * Arguments: DATA PORT [AGENT]. The database is CAPSTAN_DATABASE_URL. Attempts are kept beside DATA, which
 * only its owner may enter.
 */
import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createLocalBlobs } from '../../src/adapters/blobs/local-blobs.ts';
import { createProcessRunner } from '../../src/adapters/process/runner.ts';
import { type ControlPlane, startControlPlane } from '../../src/main/control-plane.ts';
import { firstKey } from '../../src/main/first-key.ts';
import { newPepper, secretFile } from '../../src/main/identity.ts';
import { runLocalAgent } from '../../src/main/local-agent.ts';
import { openLog } from '../../src/main/log.ts';
import { stopRequested } from '../../src/main/stop-requested.ts';

const [data = '', port = '0', agent] = process.argv.slice(2);
const stop = stopRequested();
mkdirSync(data, { recursive: true, mode: 0o711 });
const log = openLog({ level: 'info', to: join(data, `server-${process.pid}.log`) });
const pepper = Buffer.from(await secretFile(join(data, 'pepper.key'), newPepper));
const plane = await startControlPlane({
  connection: process.env.CAPSTAN_DATABASE_URL ?? '',
  blobs: await createLocalBlobs({ dir: join(data, 'blobs') }),
  pepper,
  auditDir: join(data, `audit-${process.env.CAPSTAN_TEST_CHAIN ?? port}`),
  host: '127.0.0.1',
  port: Number(port),
  replica: `${hostname()}/${process.pid}`,
  log,
});
const keyFile = join(data, 'admin.key');
await firstKey(keyFile, plane.store.keys, pepper);
const agentEnded = agent === undefined ? async () => {} : startAgent(agent, plane);
process.stdout.write(`${JSON.stringify({ address: plane.address.url, pid: process.pid, keyFile })}\n`);
await stop;
await agentEnded();
await plane.close();

function startAgent(name: string, on: ControlPlane): () => Promise<void> {
  const root = process.getuid?.() === 0;
  const runner = createProcessRunner({
    root: join(data, '../jobs'),
    nodeName: hostname(),
    nodeBinary: process.env.CAPSTAN_TEST_SHIM_NODE ?? process.execPath,
    ...(root ? { runAs: { uid: 65_534, gid: 65_534 } } : {}),
  });
  const over = new AbortController();
  const running = runLocalAgent({ name, runner, plane: on, log }, over.signal);
  return async () => {
    over.abort();
    await running;
    await runner.close();
  };
}
