/** Why a submission was not stored: the job its key stands for, and the live job of its name. */
import type { QueryResultRow } from 'pg';
import { statement } from '../statement.ts';

export interface Claim {
  readonly principal: string | null;
  readonly key: string | null;
  readonly project: string;
  readonly name: string;
}

export interface Resolution {
  readonly key?: { readonly digest: string; readonly uid: string } | undefined;
  /** Uid of the live job that has the name. */
  readonly holder?: string | undefined;
}

interface ResolutionRow extends QueryResultRow {
  readonly digest: string | null;
  readonly uid: string | null;
  readonly holder: string | null;
}

export const resolveSubmission = statement<Claim, ResolutionRow, Resolution>({
  name: 'job_resolve_submission',
  text: `
    SELECT k.digest, k.uid, (SELECT uid FROM job WHERE project = $3 AND name = $4) AS holder
      FROM (SELECT) AS always
      LEFT JOIN idempotency_key k ON k.principal = $1 AND k.key = $2`,
  values: ({ principal, key, project, name }) => [principal, key, project, name],
  row: ({ digest, uid, holder }) => ({
    key: digest !== null && uid !== null ? { digest, uid } : undefined,
    holder: holder ?? undefined,
  }),
});
