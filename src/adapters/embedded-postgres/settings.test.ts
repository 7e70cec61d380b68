import { describe, expect, test } from 'vitest';
import { renderSettings, settingsFor } from './settings.ts';

describe.concurrent('the settings', () => {
  test.each([
    { value: 'plain', want: "x = 'plain'" },
    { value: "it's", want: "x = 'it''s'" },
    { value: '', want: "x = ''" },
    { value: 12, want: 'x = 12' },
  ])('write $value as PostgreSQL reads it', ({ value, want }) => {
    expect(renderSettings({ x: value }).split('\n')[1]).toBe(want);
  });

  test('let the caller have the last word', () => {
    const settings = settingsFor({ socketDir: '/run/x/pg', log: '/log' }, { max_connections: 20 });
    expect(settings).toMatchObject({ max_connections: 20, fsync: 'on', listen_addresses: '' });
  });
});
