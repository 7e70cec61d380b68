/** Which server and which key are taken, and what is refused before anything is sent. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findServer, KeySource, type ServerOptions } from '../src/server.ts';

const KEY = 'cap_secret';

test.each<{ what: string; options: ServerOptions; env?: Record<string, string>; want: object }>([
  {
    what: 'the environment, where nothing else is said',
    options: {},
    env: { CAPSTAN_SERVER: 'https://a.example/', CAPSTAN_KEY: KEY },
    want: { address: 'https://a.example', key: KEY },
  },
  {
    what: 'what is said before the environment',
    options: { server: 'https://b.example/at/', keyFile: '/k' },
    env: { CAPSTAN_SERVER: 'https://a.example', CAPSTAN_KEY: KEY },
    want: { address: 'https://b.example/at', key: undefined, keyFile: '/k' },
  },
  {
    what: 'plain http on this machine',
    options: { server: 'http://127.0.0.1:8080', key: KEY },
    want: { address: 'http://127.0.0.1:8080' },
  },
  {
    what: 'plain http on [::1]',
    options: { server: 'http://[::1]:1', key: KEY },
    want: { address: 'http://[::1]:1' },
  },
  {
    what: 'plain http elsewhere, where that is asked for',
    options: { server: 'http://c.example', key: KEY, allowPlainHttp: true },
    want: { address: 'http://c.example' },
  },
])('takes $what', ({ options, env = {}, want }) => {
  expect(findServer(options, env)).toMatchObject(want);
});

test.each<{ what: string; options: ServerOptions; says: string }>([
  { what: 'no server', options: {}, says: 'no server is named' },
  { what: 'no address', options: { server: 'capstan' }, says: 'is none' },
  { what: 'another protocol', options: { server: 'ftp://a.example' }, says: 'is none' },
  {
    what: 'a key in the address',
    options: { server: `https://u:${KEY}@a.example` },
    says: 'carries credentials',
  },
  {
    what: 'a key in the clear',
    options: { server: 'http://a.example', key: KEY },
    says: 'readable on the way',
  },
  {
    what: 'a name that only looks like this machine',
    options: { server: 'http://127.0.0.1.example', key: KEY },
    says: 'readable',
  },
  {
    what: 'a key of two lines',
    options: { server: 'https://a.example', key: `${KEY}\nx` },
    says: 'holds no key',
  },
])('refuses $what, without telling the key', ({ options, says }) => {
  const find = () => findServer(options, {});
  expect(find).toThrow(says);
  expect(find).not.toThrow(KEY);
});

test('a key file is read again when it has changed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-key-'));
  try {
    const keyFile = join(folder, 'key');
    writeFileSync(keyFile, 'cap_one\n');
    const keys = new KeySource({ key: undefined, keyFile });
    expect(keys.headers()).toEqual({ authorization: 'Bearer cap_one' });
    writeFileSync(keyFile, 'cap_two\n');
    utimesSync(keyFile, 1, 1);
    expect(keys.headers()).toEqual({ authorization: 'Bearer cap_two' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
