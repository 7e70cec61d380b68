/** The attempts of a job: how each ended, and the members of the latest. */
import type { JobView } from '../../../contract/job.ts';
import { bytes } from '../../output/bytes.ts';
import { oneLine } from '../../output/safe-text.ts';
import { between, span } from '../../output/span.ts';
import type { Look } from '../kinds/kind.ts';
import { entries, section, sheet, tableOf } from './sheet.ts';

type Attempt = JobView['status']['attempts'][number];
type Member = Attempt['members'][number];

/** A gang may have thousands; `-o yaml` shows them all. */
const MOST_MEMBERS = 64;
const MOST_NODES = 8;

export function describeAttempts({ status }: JobView, look: Look): string {
  const { attempts } = status;
  const latest = attempts.at(-1);
  if (!latest) return 'Attempts: none yet';
  const rows = attempts.map((attempt) => attemptRow(attempt, look));
  return sheet([
    section('Attempts', tableOf(['NUMBER', 'AGENT', 'STARTED', 'RAN', 'OUTCOME'], rows)),
    section(`Place of attempt ${latest.number}`, placeOf(latest)),
    section('Preemptions', preemptionTable(attempts)),
    section(`Members of attempt ${latest.number}`, memberTable(latest.members, look)),
    section('Outputs', outputTable(attempts.findLast(({ outputs }) => outputs.length > 0))),
  ]);
}

function attemptRow(attempt: Attempt, { now }: Look): readonly string[] {
  return [
    String(attempt.number),
    attempt.agent,
    attempt.startedAt ?? '-',
    between(attempt.startedAt, attempt.endedAt, now),
    outcomeText(attempt),
  ];
}

/** `failed: ExitCode: worker-1 ended with code 3` */
function outcomeText({ outcome, endedAt }: Attempt): string {
  if (!outcome) return endedAt === undefined ? 'not ended' : '-';
  const { kind, reason, message } = outcome;
  return oneLine([kind, reason, message].filter((part) => part).join(': '));
}

/** Where the scheduler put it; nodes of a gang of thousands are in `-o yaml`. */
function placeOf({ flavor, domain, placed, backfilled }: Attempt): string {
  const shown = placed?.slice(0, MOST_NODES).map(({ node, role, members }) => `${node} ${members} × ${role}`);
  const rest = (placed?.length ?? 0) - (shown?.length ?? 0);
  const list = [
    ['Flavor', flavor],
    ['Within', domain],
    ['Nodes', shown && `${shown.join(', ')}${rest > 0 ? `, and ${rest} more (-o yaml shows them)` : ''}`],
    ['Turn', backfilled ? 'ahead of the first of its queue, which it was expected not to delay' : undefined],
  ] as const;
  return entries(list, '  ');
}

const GROUNDS = {
  Reclaimed: 'reclaimed lent quota',
  HigherPriority: 'higher priority',
  Overrun: 'overran as a backfill',
} as const;

function preemptionTable(attempts: readonly Attempt[]): string {
  const rows = attempts.flatMap(({ number, preempted }) => {
    if (!preempted) return [];
    const { by, reason, lost } = preempted;
    return [[String(number), oneLine(by), GROUNDS[reason], span(lost * 1000)]];
  });
  return tableOf(['ATTEMPT', 'BY', 'WHY', 'WORK LOST'], rows);
}

function memberTable(members: readonly Member[], look: Look): string {
  const shown = members.slice(0, MOST_MEMBERS);
  const head = ['MEMBER', 'PHASE', 'EXIT', 'RAN', 'PEAK MEMORY', 'CPU TIME', 'NODE', 'PID', 'MESSAGE'];
  const table = tableOf(
    head,
    shown.map((member) => memberRow(member, look)),
  );
  const rest = members.length - shown.length;
  return rest > 0 ? `${table}\n  … and ${rest} more (-o yaml shows them)` : table;
}

function memberRow(member: Member, { now, paint }: Look): readonly string[] {
  const exit = exitText(member);
  return [
    `${member.role}-${member.index}`,
    member.phase,
    exit === '-' || exit === '0' ? exit : paint.error(exit),
    between(member.startedAt, member.endedAt, now),
    member.peakMemory === undefined ? '-' : bytes(member.peakMemory),
    member.cpuTime === undefined ? '-' : span(member.cpuTime * 1000),
    member.node ?? '-',
    String(member.pid ?? '-'),
    oneLine([member.reason, member.message].filter((part) => part).join(': ')),
  ];
}

function exitText({ exitCode, signal }: Member): string {
  return signal ?? (exitCode === undefined ? '-' : String(exitCode));
}

function outputTable(attempt: Attempt | undefined): string {
  const rows = (attempt?.outputs ?? []).map((output) => [output.name, bytes(output.bytes), output.path]);
  return tableOf(['NAME', 'SIZE', 'PATH'], rows);
}
