/**
 * Which physical database this is. A restored, copied or promoted one differs in the cluster's
 * identifier, the database's number or the timeline: its transaction ids may be given out a second time.
 */
export const INCARNATION = `(
  (SELECT system_identifier FROM pg_control_system()) || '/' ||
  (SELECT oid FROM pg_database WHERE datname = current_database()) || '/' ||
  left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))`;

/** 64 random bits, in hexadecimal. */
export const NEW_EPOCH = `left(replace(gen_random_uuid()::text, '-', ''), 16)`;
