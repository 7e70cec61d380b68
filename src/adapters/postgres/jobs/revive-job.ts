/**
 * A dead letter's way back to the live table. Fails on `job_live_name` when another job has taken
 * its name meanwhile. It is rare, and planned anew each time: the history grows.
 */
import { AUDIT } from '../audit/audit-sql.ts';
import { statement } from '../statement.ts';
import { INSERT_LIVE } from './insert-live.ts';
import { ANSWER, type AppliedRow, among, appliedUids, INPUT, SIGNALS, TELL } from './transition-sql.ts';

export const reviveJob = statement<string, AppliedRow, ReadonlySet<string>>({
  text: `
    WITH input AS MATERIALIZED (${INPUT}),
    left_history AS (
      DELETE FROM job_history h USING input i
       WHERE h.uid = i.uid AND h.version = i.was AND h.state_name = 'failed'
      RETURNING h.uid
    ), applied AS (
      ${INSERT_LIVE} FROM input i WHERE ${among('left_history')} RETURNING uid
    ), released AS (
      SELECT uid, agent FROM input WHERE false
    ), told AS (${TELL}),
    audited AS (${AUDIT}),
    signals AS MATERIALIZED (${SIGNALS})
    ${ANSWER}`,
  values: (row) => [[row]],
  row: appliedUids,
  unaudited: 'it inserts its records itself',
});
