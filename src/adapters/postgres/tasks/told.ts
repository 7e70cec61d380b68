/**
 * What the statements on many tasks have in common at their end: the events and the audit of what they
 * changed, as parts of the statement. Events of tasks that came to the same are one row (`event_block`):
 * the uids, and one sentence. An audit record names how many, and the digest of their uids, which the
 * block lists: thousands of changes a second cost the audit a few rows.
 *
 * `changed` is a part with `uid, name, project, who, state_name, reason, message`, where what is grouped
 * by must be equal within a block.
 */

/** @param place where the blocks of this part begin: a statement may have several parts */
export function blocksOf(part: string, now: string, place = 0): string {
  return `
  INSERT INTO event_block (place, at, project, state_name, type, reason, message, uids, names)
  SELECT ${place} + row_number() OVER (), ${now}, project, state_name, 'normal', reason, message, array_agg(uid),
         CASE WHEN bool_or(name IS NOT NULL) THEN array_agg(coalesce(name, uid::text)) END
    FROM ${part} GROUP BY project, state_name, reason, message`;
}

/** @param speakers a table as `Speakers.of` makes it */
export function auditOf(part: string, now: string, operation = `w.operation`): string {
  return `
  INSERT INTO audit_record (at, chain, principal, kind, operation, project, effect, outcome, count, items, digest)
  SELECT ${now}, chain, principal, kind, operation, project, 'change', 'done', count, ARRAY[line],
         encode(sha256(convert_to(line, 'UTF8')), 'hex')
    FROM (
      SELECT w.chain, w.principal, w.kind, ${operation} AS operation, c.project, count(*) AS count,
             '{"tasks":' || count(*) || ',"state":"' || c.state_name || '","uids":"sha256:' ||
             encode(sha256(convert_to(string_agg(c.uid::text, ',' ORDER BY c.uid), 'UTF8')), 'hex') || '"}' AS line
        FROM ${part} c JOIN speakers w USING (who)
       GROUP BY w.chain, w.principal, w.kind, w.operation, c.project, c.state_name) AS groups`;
}
