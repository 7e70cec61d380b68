/** A process that starts an attempt and then does nothing, to be killed: `node start-and-stay.ts ROOT SPEC`. */
import type { AttemptSpec } from '../../../core/job/attempt.ts';
import { createProcessRunner } from '../runner.ts';
import { NOBODY, ROOT } from './users.ts';

const [root = '', spec = ''] = process.argv.slice(2);
const runner = createProcessRunner({
  root,
  nodeName: 'here',
  nodeBinary: process.execPath,
  ...(ROOT ? { runAs: NOBODY } : {}),
});
await runner.start(JSON.parse(spec) as AttemptSpec);
process.stdout.write('started\n');
setInterval(() => undefined, 60_000);
