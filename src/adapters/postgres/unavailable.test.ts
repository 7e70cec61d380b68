/** Which errors mean that the database does not answer. */
import { inspect } from 'node:util';
import { DatabaseError } from 'pg';
import { describe, expect, test } from 'vitest';
import { Refused } from '../../core/errors/refused.ts';
import { asRefusal, isOneItems, isUnavailable } from './unavailable.ts';

const coded = (code: string) => Object.assign(new Error('told by a test'), { code });

describe('an error', () => {
  test.each([
    { error: coded('ECONNREFUSED'), want: true },
    { error: coded('57P01'), want: true },
    { error: coded('57P03'), want: true },
    { error: coded('08006'), want: true },
    { error: coded('53300'), want: true },
    { error: new Error('Connection terminated unexpectedly'), want: true },
    { error: new Error('timeout exceeded when trying to connect'), want: true },
    { error: new Error('Query read timeout'), want: true },
    { error: new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]), want: true },
    { error: coded('23505'), want: false },
    { error: coded('42P01'), want: false },
    { error: coded('28P01'), want: false },
    { error: new Error('x is not a function'), want: false },
    { error: 'a text', want: false },
  ])('$error.code $error.message is unavailability: $want', ({ error, want }) => {
    expect(isUnavailable(error)).toBe(want);
    const told = asRefusal(error);
    if (want) expect(told).toMatchObject({ code: 'store.unavailable', cause: error });
    else expect(told).toBe(error);
  });

  test('does not quote the row that failed', () => {
    const error = new DatabaseError('a check failed', 1, 'error');
    Object.assign(error, { code: '23514', detail: 'Failing row contains (hunter2)', where: 'hunter2' });
    const told = asRefusal(error);
    expect(told).toMatchObject({ code: '23514', message: 'a check failed' });
    expect(inspect(told)).not.toContain('hunter2');
  });

  test.each(['22021', '22P05'])('for a NUL byte (%s) is the fault of the input', (code) => {
    const told = asRefusal(coded(code));
    expect(told).toMatchObject({ code: 'input.invalid', status: 400 });
    expect(isOneItems(told)).toBe(true);
  });

  test.each([
    { error: coded('23505'), want: true },
    { error: new Refused('store.unavailable'), want: false },
    { error: new Error('a defect'), want: false },
  ])('$error.code is the fault of one of many: $want', ({ error, want }) => {
    expect(isOneItems(error)).toBe(want);
  });

  test('that was told already stays as it is', () => {
    const refused = new Refused('cursor.expired');
    expect(asRefusal(refused)).toBe(refused);
  });
});
