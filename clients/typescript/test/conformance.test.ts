/** The shared list of cases, against a live server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Client } from '../src/index.ts';
import { check } from './conformance/check.ts';
import { ms, readCases } from './conformance/list.ts';
import { Player, type Stage } from './conformance/play.ts';
import { Live } from './live.ts';

const { server, defaults, cases } = readCases();

let stage: Stage;
beforeAll(async () => {
  const live = await Live.start(server.env);
  const facts = { server: live.address, keyFile: live.keyFile, project: 'default' };
  stage = {
    live,
    defaults,
    client: new Client(facts),
    gathering: new Client({ ...facts, coalesce: true }),
    keyFile: await live.workerKeyFile(),
  };
}, 120_000);
afterAll(async () => {
  stage.client.close();
  stage.gathering.close();
  await stage.live.end();
}, 60_000);

describe('on a live server', () => {
  test.each(cases)(
    '$name',
    async (one) => {
      const player = new Player(one, stage);
      try {
        await check(one, await player.play(), stage.client);
      } finally {
        await player.end();
      }
      expect.hasAssertions();
    },
    ms(defaults.within) * 2,
  );
});
