/** What the facts of a running server mean: pure, so that each finding has its test. */
import type { Diagnosed } from './diagnosed.ts';
import type { AgentFacts, ServerFacts } from './facts.ts';
import { judgeDatabase } from './judge.ts';

const DAY = 86_400_000;

export function judgeServer(facts: ServerFacts): Diagnosed[] {
  return [...judgeDatabase(facts), lease(facts), sealing(facts), signing(facts)];
}

function lease({ lease: held }: ServerFacts): Diagnosed {
  if (held && held.leftMs > 0)
    return { check: 'lease', level: 'ok', what: `${held.holder} schedules (epoch ${held.epoch})` };
  return {
    check: 'lease',
    level: 'error',
    what: held ? `the lease of ${held.holder} is over, and nobody took it` : 'nobody ever scheduled here',
    why: 'no job is started',
    next: 'Look at the logs of the servers: `a round of a controller failed` says why.',
  };
}

/** Records are sealed within a second; half a minute is no hiccup. */
const SEALED_WITHIN = 30_000;

function sealing({ unsealed: { count, oldestMs } }: ServerFacts): Diagnosed {
  if (count === 0 || oldestMs <= SEALED_WITHIN)
    return { check: 'audit', level: 'ok', what: 'records are sealed as they come' };
  return {
    check: 'audit',
    level: 'error',
    what: `${count} audit records are not sealed, the oldest for ${Math.round(oldestMs / 1000)} s`,
    why: 'what is not sealed can be altered unseen',
    next: 'Look at the logs of the servers for the loop `seal`.',
  };
}

/** It is changed by itself every 30 days. */
const KEY_LASTS = 45 * DAY;

function signing({ signingKeyMs: age }: ServerFacts): Diagnosed {
  if (age === undefined)
    return { check: 'signing', level: 'ok', what: 'no key of its own signs access tokens' };
  const days = Math.floor(Math.max(0, age) / DAY);
  if (age <= KEY_LASTS)
    return { check: 'signing', level: 'ok', what: `the key that signs access tokens is ${days} days old` };
  return {
    check: 'signing',
    level: 'warning',
    what: `the newest key that signs access tokens is ${days} days old`,
    why: 'it should have been changed after 30, if tokens are signed with keys and asked for at all',
    next: '`capstan auth rotate-signing-key` changes it.',
  };
}

/** Agents speak every few seconds; after this their jobs are unreachable. */
const HEARD_WITHIN = 20_000;

export function judgeAgents(agents: readonly AgentFacts[]): Diagnosed[] {
  const silent = agents.filter(({ connected, silentMs }) => !connected || silentMs > HEARD_WITHIN);
  if (silent.length === 0) {
    const what = agents.length === 0 ? 'there is none' : `${agents.length} are heard`;
    return [{ check: 'agents', level: agents.length === 0 ? 'warning' : 'ok', what }];
  }
  return silent.map(({ name, silentMs }) => ({
    check: 'agents',
    level: 'warning',
    what: `${name} was last heard ${Math.round(silentMs / 1000)} s ago`,
    why: 'nothing new is started there, and what runs there is unreachable',
    next: 'Look whether it runs and reaches the server.',
  }));
}
