/** The entry: it starts the sources, and an old Node gets one line that says what to do. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const BIN = fileURLToPath(new URL('../../bin/capstan.js', import.meta.url));

function start(args: readonly string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('runs', async () => {
  const { code, stdout } = await start([BIN, 'version', '--client', '-o', 'json']);
  expect(JSON.parse(stdout)).toMatchObject({ client: { runtime: `node ${process.versions.node}` } });
  expect(code).toBe(0);
});

test('passes exit codes on', async () => {
  expect((await start([BIN, 'gte'])).code).toBe(2);
});

test('under an old Node prints one line and exits with 2', async () => {
  const old = `Object.defineProperty(process, 'versions', { value: { node: '12.22.0' } });
Object.defineProperty(process, 'version', { value: 'v12.22.0' });`;
  const { code, stdout, stderr } = await start([
    '--import',
    `data:text/javascript,${encodeURIComponent(old)}`,
    BIN,
  ]);
  expect(stderr).toMatch(/^capstan needs Node 24 or newer \(this is v12.22.0\): .*\n$/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
});
