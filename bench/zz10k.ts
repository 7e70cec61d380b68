import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Capstan } from './harness/capstan.ts';
import { scratch } from './harness/scratch.ts';
const BIN = join(import.meta.dirname, '../bin/capstan.js');
const env = { CAPSTAN_LOG_LEVEL: 'warn', CAPSTAN_LIMITS_WRITES_PER_SECOND: '1000000', CAPSTAN_LIMITS_WRITE_BURST: '1000000', CAPSTAN_LIMITS_READS_PER_SECOND: '1000000', CAPSTAN_LIMITS_READ_BURST: '1000000' };
using place = scratch();
const nodes = join(place.dir, 'n.yaml');
writeFileSync(nodes, JSON.stringify({ local: false, clusters: [{ name: 'main', nodes: [{ name: 'n-{n}', count: 4, allocatable: { cpu: '8', memory: '64Gi' } }] }] }));
const up = [BIN, 'up', '--data', join(place.dir, 'data'), '--port', '0', '--output', 'json', '--nodes', nodes];
const start = () => Capstan.start({ program: up, home: place.dir, env });
let server = await start();
for (const [name, more] of [['root', {}], ['a', { parent: 'root', quota: { cpu: '16' }, weight: 2 }], ['b', { parent: 'root', quota: { cpu: '16' } }]] as const) { await server.client.call('queue.put', { name, ...more } as never); if (name !== 'root') await server.client.call('grant.put', { project: 'default', queue: name }); }
const MANY = 14_000; let next = 0; const began = performance.now(); let s = 42; const rnd = () => { s = (s * 1103515245 + 12345) % 2147483648; return s / 2147483648; };
await Promise.all(Array.from({ length: 16 }, async () => { while (next < MANY) { const n = next++; await delay(Math.max(0, began + n * 28 - performance.now())); const cpu = [1, 1, 2, 4, 8][Math.floor(rnd() * 5)]!; const ms = 100 + Math.floor(rnd() * 400); await server.client.call('job.submit', { project: 'default', spec: { queue: rnd() < 0.5 ? 'a' : 'b', priority: Math.floor(rnd() * 100), command: ['sleep', '1'], resources: { cpu: String(cpu) }, env: { CAPSTAN_SIMULATED_MS: String(ms), CAPSTAN_SIMULATED_STOP_MS: '10' }, checkpoint: { grace: '1s' }, ...(rnd() < 0.5 ? { expectedDuration: `${ms}ms` } : {}) } } as never); } }));
for (;;) { const { items } = await server.client.call('queue.list', { limit: 100 }); if (items.every(({ status }) => status.pending + status.holding === 0)) break; await delay(500); }
await server.stop(); server = await start();
const t = performance.now();
console.log('after a restart:', await (async () => { const { spawnSync } = await import('node:child_process'); const r = spawnSync(process.execPath, [BIN, 'replay'], { env: { ...process.env, CAPSTAN_SERVER: server.address, CAPSTAN_KEY: server.key }, encoding: 'utf8', maxBuffer: 1e9 }); return r.stdout.slice(0, 2000) + r.stderr.slice(0, 1000); })(), ((performance.now() - t) / 1000).toFixed(1), 's');
await server.stop();
