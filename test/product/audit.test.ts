/** The audit as people use it: listed, exported, and verified without the server. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { homeOf, Product, until } from './product.ts';

let product: Product;
const key = () => join(homeOf(product.data), 'audit/signing.pub');
const heads = () => join(homeOf(product.data), 'audit/audit-heads.jsonl');
const file = () => join(product.data, 'audit.jsonl');

beforeAll(async () => {
  product = await Product.start();
  await product.submit('seen', {
    type: 'batch',
    // Long enough to be seen running.
    command: ['sleep', '2'],
    resources: { cpu: '10m', memory: '16Mi' },
  });
  await product.reaches('seen', ['succeeded']);
});
afterAll(() => product.end());

interface Listed {
  readonly principal: string;
  readonly operation: string;
  readonly items: readonly { readonly name?: string; readonly state?: string }[];
}

async function records(): Promise<Listed[]> {
  const { stdout } = await product.cli(['audit', 'list', '--limit', '0', '-o', 'json']);
  return JSON.parse(stdout);
}

describe('the audit of a job', () => {
  test('has every change of it, and who made it', async () => {
    const all = await records();
    const about = all.filter(({ items }) => items.some(({ name }) => name === 'seen'));
    const steps = about.flatMap(({ principal, items }) =>
      items.filter(({ name }) => name === 'seen').map(({ state }) => `${principal} ${state}`),
    );
    expect([...new Set(steps.toReversed())]).toEqual([
      'key/admin pending',
      'system/scheduler admitted',
      'agent/local running',
      'agent/local succeeded',
    ]);
  });

  test('is sealed within seconds, and verifies on the server', async () => {
    await until('every record is sealed', async () => {
      const { stderr, code } = await product.cli(['audit', 'verify']);
      return code === 0 && !stderr.includes('not sealed');
    });
  });
});

describe('an export', () => {
  beforeAll(async () => {
    const { code, stderr } = await product.cli(['audit', 'export', '--to', file()]);
    expect(`${code} ${stderr}`).toMatch(/^0 /);
  });

  const verify = (path: string) =>
    product.cli(['audit', 'verify', path, '--key', key(), '--heads', heads()], {
      env: { CAPSTAN_SERVER: 'http://127.0.0.1:1' },
    });

  test('verifies without the server', async () => {
    expect(await verify(file())).toMatchObject({ code: 0, stdout: expect.stringMatching(/^verified: /) });
  });

  test.each([
    {
      what: 'an altered record',
      want: 'altered-record',
      how: (lines: string[]) =>
        lines.map((line) => line.replace('"operation":"job.submit"', '"operation":"job.get"')),
    },
    {
      what: 'a deleted record',
      want: 'deleted-record',
      how: (lines: string[]) => lines.filter((line) => !line.includes('"operation":"job.submit"')),
    },
    { what: 'a cut end', want: 'broken-export', how: (lines: string[]) => lines.slice(0, -2) },
  ])('with $what does not', async ({ want, how }) => {
    const forged = `${file()}.forged`;
    const lines = readFileSync(file(), 'utf8').trimEnd().split('\n');
    writeFileSync(forged, `${how(lines).join('\n')}\n`);
    expect(await verify(forged)).toMatchObject({ code: 1, stdout: expect.stringContaining(want) });
  });

  test.each([
    { args: ['audit', 'verify', 'audit.jsonl'], why: 'there is no --key' },
    { args: ['audit', 'verify', 'nowhere.jsonl', '--key', 'nowhere.pub'], why: 'cannot be read' },
  ])('is not verified for nothing: $args', async ({ args, why }) => {
    expect(await product.cli(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(why) });
  });

  test.each([
    { format: 'cef', want: /^CEF:0\|Capstan\|Capstan\|[^|]+\|job\.submit\|/ },
    { format: 'syslog', want: /^<109>1 \S+Z \S+ capstan - job\.submit - CEF:0\|/ },
  ])('as $format is one line a record', async ({ format, want }) => {
    const { stdout } = await product.cli([
      'audit',
      'export',
      '--format',
      format,
      '--operation',
      'job.submit',
    ]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(want);
  });

  test('is of a key that only the server can read', async () => {
    const { mode } = (await import('node:fs')).statSync(key().replace('.pub', '.key'));
    expect(mode & 0o777).toBe(0o600);
    expect(existsSync(heads())).toBe(true);
  });
});
