/** What every job that waits or holds is at: to find what a lost signal would have told. */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';

interface VersionRow extends QueryResultRow {
  readonly uid: string;
  readonly version: number;
}

export const jobVersions = statement({
  name: 'snapshot_versions',
  text: `
    SELECT uid, CASE WHEN agent IS NULL THEN version ELSE -1 END AS version
      FROM job WHERE state_name = 'pending' OR agent IS NOT NULL`,
  values: (_: undefined) => [],
  row: ({ uid, version }: VersionRow): [string, number] => [uid, version],
});
