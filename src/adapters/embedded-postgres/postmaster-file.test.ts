import { describe, expect, test } from 'vitest';
import { parsePostmasterFile } from './postmaster-file.ts';

const whole = '42\n/data\n1790000000\n5432\n/run/x/pg\n\n  1234567   0\nready   \n';

describe.concurrent('postmaster.pid', () => {
  test.each([
    {
      state: 'of a server that is ready',
      text: whole,
      want: { pid: 42, socketDir: '/run/x/pg', status: 'ready' },
    },
    {
      state: 'of a server that is starting',
      text: whole.replace('ready', 'starting'),
      want: { pid: 42, socketDir: '/run/x/pg', status: 'starting' },
    },
    {
      state: 'of a server that is stopping',
      text: whole.replace('ready', 'stopping'),
      want: { pid: 42, socketDir: '/run/x/pg', status: 'stopping' },
    },
    {
      state: 'without a socket yet',
      text: '42\n/data\n17\n5432\n',
      want: { pid: 42, socketDir: '', status: 'unknown' },
    },
    {
      state: 'of a backend that runs alone',
      text: '-42\n',
      want: { pid: 42, socketDir: '', status: 'unknown' },
    },
    { state: 'that is empty', text: '', want: undefined },
    { state: 'that holds something else', text: 'hello\n', want: undefined },
    { state: 'that names the first process of the machine', text: '1\n', want: undefined },
  ])('$state is read as it is meant', ({ text, want }) => {
    expect(parsePostmasterFile(text)).toEqual(want);
  });
});
