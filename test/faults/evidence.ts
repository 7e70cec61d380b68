/**
 * What jobs write about themselves, in files that the product does not know of: each line is appended
 * in one write, so the order of lines is the order of what happened. Overlap and double ends are judged
 * by this alone, never by our tables.
 *
 * A line is `start|alive|end ATTEMPT SECONDS`, the seconds counted from the machine's boot, which no
 * change of the clock moves.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The job. Every tenth of a second it says that it lives; SIGTERM ends it. The first and the last
 * line are forced to the disk. `FAILS`: how many attempts end with code 3.
 */
export const JOB_SCRIPT = `
f="$EVIDENCE/$CAPSTAN_JOB.$RANK"
say() { read -r up rest < /proc/uptime; echo "$1 $CAPSTAN_ATTEMPT $up" >> "$f"; }
trap 'trap "" TERM; say end; exit 143' TERM
say start; sync "$f"
i=0
while [ $i -lt $BEATS ]; do echo "beat $i"; sleep 0.1; say alive; i=$((i+1)); done
trap '' TERM
say end; sync "$f"
echo "last $CAPSTAN_ATTEMPT"
[ $CAPSTAN_ATTEMPT -gt $FAILS ] || exit 3
`;

export interface EvidenceLine {
  readonly what: 'start' | 'alive' | 'end';
  readonly attempt: number;
  readonly seconds: number;
}

/** Of one member of one job, in the order of writing. */
export interface Evidence {
  readonly uid: string;
  readonly rank: number;
  readonly lines: readonly EvidenceLine[];
}

export function parseEvidence(uid: string, rank: number, text: string): Evidence {
  const lines = text.split('\n').filter(Boolean);
  return { uid, rank, lines: lines.map(parseLine) };
}

function parseLine(line: string): EvidenceLine {
  const [what, attempt, seconds] = line.split(' ');
  if (what !== 'start' && what !== 'alive' && what !== 'end') throw new Error(`no evidence: ${line}`);
  return { what, attempt: Number(attempt), seconds: Number(seconds) };
}

export function readEvidence(dir: string): Evidence[] {
  return readdirSync(dir).map((file) => {
    const [uid = '', rank] = file.split('.');
    return parseEvidence(uid, Number(rank), readFileSync(join(dir, file), 'utf8'));
  });
}

/** What is wrong with it, in sentences: attempts that overlapped, started twice, or went on after their end. */
export function contradictions({ uid, rank, lines }: Evidence): string[] {
  const who = `job ${uid} member ${rank}`;
  const found: string[] = [];
  const started = new Set<number>();
  const ended = new Set<number>();
  let latest = 0;
  for (const { what, attempt, seconds } of lines) {
    if (what === 'start') {
      if (started.has(attempt)) found.push(`${who}: attempt ${attempt} was started twice`);
      started.add(attempt);
    }
    if (attempt < latest)
      found.push(`${who}: attempt ${attempt} still lived at ${seconds} s, after ${latest} had started`);
    if (ended.has(attempt)) found.push(`${who}: attempt ${attempt} wrote "${what}" after its end`);
    if (what === 'end') ended.add(attempt);
    latest = Math.max(latest, attempt);
  }
  return found;
}

/** Members of one job against each other: an attempt starts when no member of an earlier one lives. */
export function gangContradictions(members: readonly Evidence[]): string[] {
  const uid = members[0]?.uid;
  const all = members.flatMap(({ lines }) => lines);
  const attempts = [...new Set(all.map(({ attempt }) => attempt))].toSorted((a, b) => a - b);
  return attempts.slice(1).flatMap((attempt, at) => {
    const before = all.filter((line) => line.attempt === attempts[at]);
    const lastLife = Math.max(...before.map(({ seconds }) => seconds));
    const start = Math.min(...all.filter((line) => line.attempt === attempt).map(({ seconds }) => seconds));
    return start < lastLife
      ? [
          `job ${uid}: attempt ${attempt} began at ${start} s, and a member of ${attempts[at]} lived at ${lastLife} s`,
        ]
      : [];
  });
}
