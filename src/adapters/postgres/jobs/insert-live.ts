/** The part of a statement that puts the rows `i` of an input into the live table. */
const COLUMNS = `uid, project, name, queue, type, priority, state_name, labels, created_at, updated_at,
  due_at, start_after, agent, fence, version, submitted_by, gang, facts, spec, state, charges, attempts`;

export const INSERT_LIVE = `
  INSERT INTO job (${COLUMNS}) SELECT ${COLUMNS.replaceAll(/\w+/g, 'i.$&')}`;
