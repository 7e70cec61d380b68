/**
 * The records of a group of changes, as a part of the statement that makes them: one for each principal,
 * operation and project, with the digest of its items. The statement has `input (uid, place, audit)`,
 * where `audit` is an `AuditStamp`, and `applied (uid)`.
 */
import { among } from '../jobs/transition-sql.ts';

const LINE = `audit ->> 'line'`;

export const AUDIT = `
  INSERT INTO audit_record (at, chain, principal, kind, operation, project, effect, outcome, count, items, digest)
  SELECT max((audit ->> 'at')::bigint), audit ->> 'chain', audit ->> 'principal', audit ->> 'kind',
         audit ->> 'operation', audit ->> 'project', 'change', 'done', count(*),
         array_agg(${LINE} ORDER BY place),
         encode(sha256(convert_to(string_agg(${LINE}, E'\\n' ORDER BY place), 'UTF8')), 'hex')
    FROM input WHERE ${among('applied')}
   GROUP BY audit ->> 'chain', audit ->> 'principal', audit ->> 'kind', audit ->> 'operation', audit ->> 'project'`;
