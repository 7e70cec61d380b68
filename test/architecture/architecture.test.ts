import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf, roomOf, ships, sourceFiles, verdict } from './imports.ts';

const SRC = join(import.meta.dirname, '../../src');
const files = sourceFiles(SRC).filter(ships);

describe('the import table', () => {
  test('every arrow of the sources is one of the table', () => {
    expect(files.length).toBeGreaterThan(50);
    const forbidden = files.flatMap((file) => importsOf(SRC, file)).flatMap((found) => verdict(found) ?? []);
    expect(forbidden).toEqual([]);
  });

  test('every source file lies in a room of the table', () => {
    expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  test.each([
    { from: 'core/job/job.ts', to: 'ports/index.ts', why: 'core may not import ports' },
    { from: 'core/job/job.ts', to: 'node:fs', why: 'core may not use the package node:fs' },
    { from: 'contract/job.ts', to: 'operations/define.ts', why: 'contract may not import operations' },
    {
      from: 'operations/job/get.ts',
      to: 'adapters/postgres/database.ts',
      why: 'operations may not import adapters',
    },
    { from: 'controllers/loop.ts', to: 'operations/define.ts', why: 'controllers may not import operations' },
    {
      from: 'adapters/process/runner.ts',
      to: 'adapters/postgres/database.ts',
      why: 'adapter process may not import adapter postgres',
    },
    { from: 'serve/http/server.ts', to: 'core/job/cancel.ts', why: 'serve may use of core only errors' },
    { from: 'serve/http/server.ts', to: 'adapters/blobs/local.ts', why: 'serve may not import adapters' },
    { from: 'cli/remote/get.ts', to: 'core/job/job.ts', why: 'cli/remote may not import core' },
    { from: 'agent/agent.ts', to: 'serve/http/server.ts', why: 'agent may not import serve' },
    { from: 'main/up.ts', to: '../tools/demo.ts', why: 'lies outside src' },
  ])('$from importing $to is refused: $why', ({ from, to, why }) => {
    expect(verdict({ from, to, line: 1 })).toContain(why);
  });

  test.each([
    { from: 'core/job/job.ts', to: 'core/kube/quantity.ts' },
    { from: 'adapters/postgres/jobs/get.ts', to: 'adapters/postgres/database.ts' },
    { from: 'cli/remote/get.ts', to: 'contract/job.ts' },
    { from: 'main/up.ts', to: 'adapters/process/runner.ts' },
  ])('$from may import $to', ({ from, to }) => {
    expect(verdict({ from, to, line: 1 })).toBeUndefined();
  });

  test('no file switches a check off', () => {
    const marks = new RegExp(
      [
        'biome-' + 'ignore',
        '@ts-' + 'ignore',
        '@ts-' + 'nocheck',
        '@ts-' + 'expect-error',
        'eslint-' + 'disable',
        'knip-' + 'ignore',
      ].join('|'),
    );
    const switched = sourceFiles(SRC).filter((file) => marks.test(readFileSync(join(SRC, file), 'utf8')));
    expect(switched).toEqual([]);
  });

  test('no file is longer than 400 lines', () => {
    const long = sourceFiles(SRC).filter(
      (file) => !file.endsWith('.gen.ts') && readFileSync(join(SRC, file), 'utf8').split('\n').length > 400,
    );
    expect(long).toEqual([]);
  });
});
