/**
 * One take from one bucket, in Redis and so at once for all replicas. Time is Redis' own: the clocks of
 * replicas differ. A bucket that is full again is forgotten, for which nothing is lost.
 */
import { defineScript } from '@redis/client';
import type { BucketShape, Standing } from '../../ports/shared-buckets.ts';

const SCRIPT = `
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local at = tonumber(kept[2]) or now
local tokens = math.min(burst, (tonumber(kept[1]) or burst) + math.max(0, now - at) * rate / 1000)
local granted = 0
if tokens >= 1 then
  tokens = tokens - 1
  granted = 1
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.0f', math.max(now, at)))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) / rate * 1000) + 1000)
return {granted, string.format('%.6f', tokens)}`;

export const takeScript = defineScript({
  SCRIPT,
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, key: string, { perSecond, burst }: BucketShape) {
    parser.pushKey(key);
    parser.push(String(perSecond), String(burst));
  },
  transformReply: (reply: unknown) => reply as readonly [granted: number, tokens: string],
});

/** As a bucket of this process would say it. */
export function standingOf(
  [granted, text]: readonly [number, string],
  { perSecond, burst }: BucketShape,
): Standing {
  const tokens = Number(text);
  return {
    granted: granted === 1,
    left: Math.floor(tokens),
    fullIn: Math.ceil((burst - tokens) / perSecond),
    nextIn: tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perSecond),
  };
}
