/**
 * What this server can tell of itself: it looks, and changes nothing but a probe that it takes away again. A check
 * that fails is a finding.
 */
import { formatTime } from '../../contract/scalars.ts';
import { DoctorView, Nothing } from '../../contract/system.ts';
import type { Diagnosed } from '../../core/doctor/diagnosed.ts';
import { judgeCertificate } from '../../core/doctor/judge.ts';
import { judgeAgents, judgeServer } from '../../core/doctor/judge-server.ts';
import { Refused } from '../../core/errors/refused.ts';
import { VERSION } from '../../core/version.ts';
import type { Ports } from '../../ports/index.ts';
import { defineOperation } from '../define.ts';
import { examineBlobs } from './examine-blobs.ts';

export const examineServer = defineOperation({
  name: 'system.doctor',
  summary: 'Say what is wrong with this server, and how to mend it',
  input: Nothing,
  output: DoctorView,
  permission: 'system:write',
  target: () => ({}),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/doctor' },
  async handler({ ports, now }) {
    const checks: readonly [string, () => Promise<Diagnosed[]>][] = [
      ['database', () => server(ports)],
      ['agents', () => agents(ports, now)],
      ['blobs', () => examineBlobs(ports, now)],
      ['tls', async () => listener(ports, now)],
    ];
    const items: Diagnosed[] = [];
    for (const [check, look] of checks)
      items.push(...(await look().catch((error: unknown) => [failed(check, error)])));
    return { at: formatTime(now), version: VERSION, items };
  },
});

/** What is not ours may name hosts, paths or keys: the log of the store's adapter has it. */
function failed(check: string, error: unknown): Diagnosed {
  const what = error instanceof Refused ? error.message : 'it could not be looked at';
  return { check, level: 'error', what, next: 'Look at the log of the server.' };
}

/** Keys of before a secret took their place sign nothing any more, whatever their age. */
async function server({ examiner, tokens }: Ports): Promise<Diagnosed[]> {
  const facts = await examiner.facts();
  return judgeServer(tokens.signsBySecret ? { ...facts, signingKeyMs: undefined } : facts);
}

async function agents({ agents: store }: Ports, now: number): Promise<Diagnosed[]> {
  const all = await store.list();
  return judgeAgents(
    all.map(({ name, connected, lastHeard }) => ({ name, connected, silentMs: now - lastHeard })),
  );
}

function listener({ listener: own }: Ports, now: number): Diagnosed[] {
  const ends = own.certificateEnds();
  return ends === undefined ? [] : [judgeCertificate('the certificate of the server', ends, now)];
}
