import { describe, expect, test } from 'vitest';
import { mayRedirect } from './redirect.ts';

const LIST = ['https://capstan.example/console/callback'];

describe('an issuer may send the browser of the command line back to', () => {
  test.each([
    { uri: 'http://127.0.0.1:49152/callback', want: true },
    { uri: 'http://[::1]:1/callback', want: true },
    { uri: 'http://localhost:49152/callback', want: false },
    { uri: 'http://127.0.0.1/callback', want: false },
    { uri: 'http://127.0.0.1:70000/callback', want: false },
    { uri: 'http://127.0.0.1:0/callback', want: false },
    { uri: 'https://127.0.0.1:49152/callback', want: false },
    { uri: 'http://127.0.0.1:49152/callback?next=evil', want: false },
    { uri: 'http://127.0.0.1:49152@evil.example/callback', want: false },
    { uri: 'http://127.0.0.1.evil.example:80/callback', want: false },
    { uri: LIST[0] ?? '', want: false },
  ])('$uri: $want', ({ uri, want }) => {
    expect(mayRedirect('native', uri, LIST)).toBe(want);
  });
});

describe('an issuer may send the browser of the console back to', () => {
  test.each([
    { uri: 'https://capstan.example/console/callback', want: true },
    { uri: 'https://capstan.example/console/callback/', want: false },
    { uri: 'https://capstan.example/console/callback?x=1', want: false },
    { uri: 'https://CAPSTAN.example/console/callback', want: false },
    { uri: 'https://capstan.example.evil/console/callback', want: false },
    { uri: 'http://127.0.0.1:49152/callback', want: false },
  ])('$uri: $want', ({ uri, want }) => {
    expect(mayRedirect('console', uri, LIST)).toBe(want);
  });
});
