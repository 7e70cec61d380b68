/** Invariant 10: every statement that writes is in the audit, or says here and where it stands why it is not. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAudited, isWriting, type Statement } from '../statement.ts';

type AnyStatement = Statement<never, never, unknown>;

const ADAPTER = join(import.meta.dirname, '..');

/** Everything that the adapter's files export and that is a statement. */
async function statements(): Promise<AnyStatement[]> {
  const files = readdirSync(ADAPTER, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.test\.ts$|testing|migrations/.test(file),
  );
  const modules = await Promise.all(files.map((file) => import(join(ADAPTER, file))));
  return modules.flatMap((module) => Object.values(module).filter(isStatement));
}

function isStatement(value: unknown): value is AnyStatement {
  return (
    typeof value === 'object' && value !== null && 'text' in value && 'values' in value && 'row' in value
  );
}

test('every change of the store is audited, but for these', async () => {
  const writing = (await statements()).filter(isWriting);
  expect(writing.length).toBeGreaterThan(20);
  const not = writing.filter((statement) => !isAudited(statement));
  expect(not.map(({ name = 'revival, planned anew each time' }) => name).sort()).toEqual([
    'agent_gone',
    'agent_heard',
    'audit_begin_chain',
    'audit_drop_blocks',
    'audit_drop_heads',
    'audit_insert',
    'audit_place',
    'audit_put_block',
    'audit_put_head',
    'audit_put_retention',
    'collection_remove',
    'decision_prune',
    'job_apply_transitions',
    'job_prune_keys',
    'job_submit',
    'lease_acquire',
    'lease_release',
    'meta_renew_epoch',
    'plan_apply',
    'queue_use_keep',
    'revival, planned anew each time',
    'revival, planned anew each time',
    'schedule_fire',
    'session_prune',
    'task_apply',
    'task_bind',
    'task_claim_keys',
    'task_claim_unique',
    'task_drop_logs',
    'task_gates_open',
    'task_insert_dependencies',
    'task_insert_linked',
    'task_lines',
    'task_progress',
    'task_put_gates',
    'task_release',
    'task_set_waits',
    'task_slices_grant',
    'task_submit',
    'task_turn',
    'task_unclaim',
    'task_wake',
    'worker_hear',
  ]);
});

test('those that insert their own records do', async () => {
  const own = (await statements()).filter(({ unaudited }) => unaudited?.includes('its records itself'));
  expect(own).toHaveLength(9);
  for (const { text } of own) expect(text).toContain('INSERT INTO audit_record');
});
