/** What people get wrong, against the running product: each ends in the right state, with a reason that names it. */
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ended, homeOf, Product, until } from './product.ts';

let product: Product;
beforeAll(async () => {
  product = await Product.start();
});
afterAll(async () => product.end());

const small = { resources: { cpu: '50m', memory: '64Mi' }, retry: { limit: 0 } };
const shell = (script: string) => ['sh', '-c', script];

/** Processes of this machine that carry a job's mark in their environment. */
function leftovers(uid: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => environOf(pid).includes(uid));
}

function environOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return '';
  }
}

/** What the process runner still keeps, below the data directory or the area that stands in for it. */
function jobDirs(data: string): string[] {
  return readdirSync(join(homeOf(data), 'jobs'));
}

describe('a command that', () => {
  test.each([
    {
      what: 'succeeds',
      spec: { command: ['true'] },
      state: 'succeeded',
      reason: 'Completed',
      says: /succeeded/,
    },
    {
      what: 'does not exist',
      spec: { command: ['no-such-program'] },
      state: 'failed',
      reason: 'CommandNotFound',
      says: /no-such-program/,
    },
    {
      what: 'is not executable',
      spec: { command: ['/etc/passwd'] },
      state: 'failed',
      reason: 'CommandNotExecutable',
      says: /passwd/,
    },
    {
      what: 'has no directory to work in',
      spec: { command: ['true'], workingDir: '/no/such/place' },
      state: 'failed',
      reason: 'WorkingDirMissing',
      says: /no\/such\/place/,
    },
    {
      what: 'ends with a code',
      spec: { command: shell('exit 3') },
      state: 'failed',
      reason: 'ExitCode',
      says: /3/,
    },
    {
      what: 'ends with 127 as a shell does',
      spec: { command: shell('no-such-program') },
      state: 'failed',
      reason: 'CommandNotFound',
      says: /127/,
    },
    {
      what: 'ends with 126 as a shell does',
      spec: { command: shell('/etc/passwd') },
      state: 'failed',
      reason: 'CommandNotExecutable',
      says: /126/,
    },
    {
      what: 'dies by a signal',
      spec: { command: shell('kill -SEGV $$') },
      state: 'failed',
      reason: 'Signal',
      says: /SIGSEGV/,
    },
    {
      what: 'runs too long',
      spec: { command: ['sleep', '60'], timeout: '500ms', checkpoint: { grace: '1s' } },
      state: 'failed',
      reason: 'Timeout',
      says: /500|0\.5/,
    },
    {
      what: 'misses its deadline',
      spec: { command: ['sleep', '60'], deadline: '500ms', checkpoint: { grace: '1s' } },
      state: 'failed',
      reason: 'Deadline',
      says: /deadline/,
    },
    {
      what: 'takes too much memory',
      spec: {
        command: ['node', '-e', 'const a=[];setInterval(()=>a.push(Buffer.alloc(8e6,1)),10)'],
        resources: { cpu: '100m', memory: '150Mi' },
      },
      state: 'failed',
      reason: 'OutOfMemory',
      says: /150 ?Mi/,
    },
    {
      what: 'forgets to write its output',
      spec: { command: ['true'], outputs: [{ name: 'model', path: '/out/model.bin' }] },
      state: 'failed',
      reason: 'OutputMissing',
      says: /CAPSTAN_OUTPUT_MODEL/,
    },
    {
      what: 'leaves children behind',
      spec: { command: shell('(setsid sleep 300 &) ; sleep 300 & exit 0') },
      state: 'succeeded',
      reason: 'Completed',
      says: /succeeded/,
    },
  ])('$what: $state, $reason', async ({ what, spec, state, reason, says }) => {
    const name = what.replaceAll(/[^a-z0-9]+/g, '-');
    const { metadata } = await product.submit(name, { ...small, ...spec });
    const job = await product.reaches(name, ['succeeded', 'failed', 'cancelled']);
    expect(job.status).toMatchObject({ state, reason, message: expect.stringMatching(says) });
    await until('nothing of it is left running', () => leftovers(metadata.uid).length === 0);
  });

  test('ignores SIGTERM is killed after its grace, and that is said', async () => {
    const command = shell('trap "" TERM; echo ready; while :; do sleep 0.1; done');
    const { metadata } = await product.submit('stubborn', {
      ...small,
      command,
      checkpoint: { grace: '300ms' },
    });
    await until('it runs', async () => (await product.logs('stubborn')).includes('ready'));
    await product.post('/jobs/default/stubborn/cancel', { reason: 'test' });
    const { status } = await product.reaches('stubborn', ['cancelled']);
    expect(status).toMatchObject({
      reason: 'Cancelled',
      message: expect.stringContaining('ignored SIGTERM'),
    });
    await until('nothing of it is left running', () => leftovers(metadata.uid).length === 0);
  });

  test('a failed member ends its gang, and is named', async () => {
    const command = shell('[ "$RANK" = 2 ] && exit 9; sleep 60');
    await product.submit('gang', { ...small, members: 3, command, checkpoint: { grace: '1s' } });
    const { status } = await product.reaches('gang', ['failed']);
    expect(status.attempts.at(-1)?.outcome).toMatchObject({
      member: { role: 'worker', index: 2 },
      exitCode: 9,
    });
    expect(status.attempts.at(-1)?.members.map(({ phase }) => phase)).toEqual(['ended', 'ended', 'ended']);
  });

  test('fails twice and then succeeds is retried with a backoff, and its attempts are kept', async () => {
    const command = shell('[ "$CAPSTAN_ATTEMPT" -ge 3 ] || exit 7; echo third');
    await product.submit('third', { ...small, command, retry: { limit: 3, backoff: { initial: '100ms' } } });
    const { status } = await product.reaches('third', ['succeeded', 'failed']);
    expect(status).toMatchObject({ state: 'succeeded', attempt: 3, charges: { failed: 2 } });
    expect(status.attempts.map(({ outcome }) => outcome?.kind)).toEqual(['failed', 'failed', 'succeeded']);
    const reasons = (await product.events('third')).map(({ state }) => state);
    expect(reasons.filter((state) => state === 'backoff')).toHaveLength(2);
  });

  test('prints bytes that are no text, and lines of a mebibyte, keeps its log', async () => {
    const script =
      "process.stdout.write(Buffer.from([0xff,0xfe,0x00,10]));process.stdout.write('x'.repeat(1<<20)+'\\n');console.log('after')";
    await product.submit('noise', {
      ...small,
      command: ['node', '-e', script],
      resources: { cpu: '100m', memory: '512Mi' },
    });
    await product.reaches('noise', ['succeeded', 'failed']);
    const log = await product.logs('noise');
    expect(log.includes('x'.repeat(1 << 20))).toBe(true);
    expect(log.trimEnd().endsWith('after')).toBe(true);
  });

  test('has ended keeps its log and its outputs when its machine has forgotten it', async () => {
    const command = shell('echo kept; echo result > "$CAPSTAN_OUTPUT_MODEL"');
    const { metadata } = await product.submit('collected', {
      ...small,
      command,
      outputs: [{ name: 'model', path: '/out/model' }],
    });
    await product.reaches('collected', ['succeeded']);
    await until('the machine has forgotten it', () => !jobDirs(product.data).includes(metadata.uid));
    expect(await product.logs('collected')).toBe('kept\n');
    expect(await (await product.request('GET', '/jobs/default/collected/outputs/model')).text()).toBe(
      'result\n',
    );
  });

  test('writes more log than is kept says so, and keeps the end', async () => {
    const script =
      'yes 0123456789012345678901234567890123456789012345678901234567890123456789 | head -c 200000000; echo; echo the end';
    await product.submit('flood', { ...small, command: shell(script) });
    await product.reaches('flood', ['succeeded', 'failed']);
    const log = await product.cli(['logs', 'flood', '--tail', '3']);
    expect(log.stdout).toContain('the end');
    const whole = await product.logs('flood');
    expect(whole.length).toBeLessThan(80 * 2 ** 20);
    expect(/bytes dropped here: the log is capped at 64 MiB/.test(whole)).toBe(true);
  });
});

describe('a job that can not start', () => {
  test.each([
    {
      what: 'asks for a GPU that is not there',
      spec: { resources: { 'nvidia.com/gpu': 1 } },
      reason: 'NeverFits',
      says: /nvidia\.com\/gpu/,
    },
    {
      what: 'is a gang larger than the machine',
      spec: { members: 100, resources: { cpu: 4 } },
      reason: 'NeverFits',
      says: /cpu/,
    },
    { what: 'is not due', spec: { startAfter: '2099-01-01T00:00:00Z' }, reason: 'StartAfter', says: /2099/ },
  ])('because it $what waits and says so', async ({ what, spec, reason, says }) => {
    const name = what.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
    await product.submit(name, { ...small, command: ['true'], ...spec });
    await until('it has its reason', async () => (await product.job(name)).status.reason === reason);
    expect((await product.job(name)).status).toMatchObject({
      state: 'pending',
      message: expect.stringMatching(says),
    });
    await product.post(`/jobs/default/${name}/cancel`, {});
  });

  test('a paused queue holds its jobs, and lets them go when it is opened', async () => {
    await product.request('PUT', '/queues/slow', { state: 'paused' });
    await product.request('PUT', '/queuegrants/default/slow', { maxPriority: 60 });
    await product.submit('held', { ...small, command: ['true'], queue: 'slow' });
    await until('it says why', async () => (await product.job('held')).status.reason === 'QueuePaused');
    await product.request('PUT', '/queues/slow', { state: 'open' });
    await product.reaches('held', ['succeeded']);
  });

  test('quota is held until the last process has ended', async () => {
    await product.request('PUT', '/queues/narrow', { quota: { cpu: '100m' } });
    await product.request('PUT', '/queuegrants/default/narrow', {});
    const command = shell('trap "sleep 0.5; exit 0" TERM; echo ready; while :; do sleep 0.05; done');
    await product.submit('first', { ...small, command, queue: 'narrow', resources: { cpu: '100m' } });
    await until('it runs', async () => (await product.logs('first')).includes('ready'));
    await product.submit('second', {
      ...small,
      command: ['true'],
      queue: 'narrow',
      resources: { cpu: '100m' },
    });
    await until('it waits', async () => (await product.job('second')).status.reason === 'QuotaExceeded');
    await product.post('/jobs/default/first/cancel', {});
    await product.reaches('second', ['succeeded']);
    const [first, second] = [await product.job('first'), await product.job('second')];
    const freed = Date.parse(first.status.attempts.at(-1)?.endedAt ?? '');
    expect(Date.parse(second.status.attempts.at(-1)?.admittedAt ?? '')).toBeGreaterThanOrEqual(freed);
  });
});

describe('suspending and priorities', () => {
  test('a suspended job leaves its machine, and resumed it starts again', async () => {
    const command = shell('echo run $CAPSTAN_ATTEMPT; [ "$CAPSTAN_ATTEMPT" = 2 ] && exit 0; sleep 60');
    await product.submit('sleeper', { ...small, command, checkpoint: { grace: '1s' } });
    await until('it runs', async () => (await product.logs('sleeper')).includes('run 1'));
    await product.post('/jobs/default/sleeper/suspend', {});
    await product.reaches('sleeper', ['suspended']);
    await product.post('/jobs/default/sleeper/resume', {});
    const { status } = await product.reaches('sleeper', ['succeeded', 'failed']);
    expect(status).toMatchObject({ state: 'succeeded', attempt: 2, charges: { failed: 0 } });
  });

  test('a dead letter is redriven', async () => {
    const flag = join(product.data, 'flag');
    await product.submit('dead', { ...small, command: shell(`[ -e ${flag} ] || exit 1`) });
    await product.reaches('dead', ['failed']);
    writeFileSync(flag, '');
    chmodSync(product.data, 0o755);
    await product.post('/jobs/default/dead/redrive', {});
    await product.reaches('dead', ['succeeded']);
  });

  test('deleting removes the record and its log', async () => {
    await product.submit('gone', { ...small, command: ['echo', 'here'] });
    await product.reaches('gone', ['succeeded']);
    expect((await product.request('DELETE', '/jobs/default/gone')).status).toBe(200);
    expect((await product.request('GET', '/jobs/default/gone')).status).toBe(404);
  });

  test('a job with a time to live removes itself', async () => {
    await product.submit('brief', { ...small, command: ['true'], ttlAfterFinished: '100ms' });
    await until(
      'it is gone',
      async () =>
        !(await product.jobs()).some(
          ({ metadata, status }) => metadata.name === 'brief' && !ended(status.state),
        ) && (await product.request('GET', '/jobs/default/brief')).status === 404,
    );
  });
});
