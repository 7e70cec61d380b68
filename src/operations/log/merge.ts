/** The logs of a gang as one, in the order of their times. */
import type { LogRecord } from '../../core/kube/cri-log.ts';
import type { MemberLog } from './member-log.ts';

export interface MergedLine {
  readonly member: MemberLog;
  readonly record: LogRecord;
}

/**
 * Lines that are there now, oldest first. Stops at the live end of all members, or when a member
 * that has more must be read first. Returns false when every member is at its end.
 */
export async function* mergeAvailable(members: readonly MemberLog[]): AsyncGenerator<MergedLine> {
  for (;;) {
    await Promise.all(members.map((member) => member.fill()));
    const ready = members.filter((member) => member.next !== undefined);
    if (ready.length === 0 && members.every((member) => member.eof || member.atEnd)) return;
    yield* inOrder(ready);
  }
}

/** Until one of them runs dry: what it has next could be older than what the others hold. */
function* inOrder(ready: readonly MemberLog[]): Generator<MergedLine> {
  for (;;) {
    const member = ready.reduce<MemberLog | undefined>((oldest, next) => {
      return oldest === undefined || isOlder(next.next, oldest.next) ? next : oldest;
    }, undefined);
    const record = member?.take();
    if (!member || !record) return;
    yield { member, record };
    if (member.next === undefined) return;
  }
}

function isOlder(a: LogRecord | undefined, b: LogRecord | undefined): boolean {
  return a !== undefined && (b === undefined || a.time < b.time);
}
