/**
 * The audit: records, the blocks that seal them (a chain for each replica), signed heads, and the
 * signed proofs of what retention dropped. A record is inserted once and touched once, by its sealer.
 */
import type { Migration } from './migration.ts';

const RECORD = `
CREATE TABLE audit_record (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at bigint NOT NULL,
  chain text NOT NULL,
  principal text NOT NULL,
  kind text NOT NULL,
  operation text NOT NULL,
  project text,
  effect text NOT NULL,
  outcome text NOT NULL,
  count integer NOT NULL,
  items text[] NOT NULL,
  digest text NOT NULL,
  height bigint,
  place integer
) WITH (
  fillfactor = 80,
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX audit_record_unsealed ON audit_record (chain, id) WHERE height IS NULL;
CREATE INDEX audit_record_sealed ON audit_record (chain, height, place) WHERE height IS NOT NULL;
CREATE INDEX audit_record_principal ON audit_record (principal, id);`;

const CHAIN = `
CREATE TABLE audit_chain (
  chain text PRIMARY KEY,
  height bigint NOT NULL,
  hash text NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE audit_block (
  chain text NOT NULL,
  height bigint NOT NULL,
  at bigint NOT NULL,
  previous text NOT NULL,
  hash text NOT NULL,
  leaves text[] NOT NULL,
  PRIMARY KEY (chain, height)
);`;

/** Bodies are text: what was signed is kept byte for byte. */
const SIGNED = `
CREATE TABLE audit_head (
  number bigint PRIMARY KEY,
  at bigint NOT NULL,
  body text NOT NULL,
  key_id text NOT NULL,
  signature text NOT NULL
);
CREATE TABLE audit_retention (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  body text NOT NULL,
  key_id text NOT NULL,
  signature text NOT NULL
);`;

export const audit: Migration = {
  number: 3,
  name: 'audit',
  minWriter: 1,
  sql: [RECORD, CHAIN, SIGNED].join('\n'),
};
