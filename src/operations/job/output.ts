/** Reads a declared output of a job: the file as the attempt left it. */
import { z } from 'zod';
import { ReadOutput } from '../../contract/stream.ts';
import { Refused } from '../../core/errors/refused.ts';
import type { Ports } from '../../ports/index.ts';
import { defineBytes } from '../define.ts';
import { attemptOf, readFile } from './files.ts';
import { loadJob } from './load.ts';

export const readOutput = defineBytes({
  name: 'job.output',
  summary: 'Download an output of a job',
  input: ReadOutput,
  output: z.string().meta({ format: 'binary' }),
  permission: 'job:read',
  target: ({ project }) => ({ project }),
  effect: 'read',
  audit: 'none',
  http: { method: 'GET', path: '/api/v1/jobs/{project}/{job}/outputs/{name}' },
  async handler({ input, ports }) {
    const job = await loadJob(ports, input);
    const withOutput = job.attempts.findLast(({ outputs }) =>
      outputs.some(({ name }) => name === input.name),
    );
    const record = input.attempt === undefined ? withOutput : attemptOf(job, input.attempt);
    const output = record?.outputs.find(({ name }) => name === input.name);
    if (!record || !output) throw new Refused('job.no_output', { job: job.name, name: input.name });
    const at = {
      agent: record.agent,
      ref: { job: job.uid, attempt: record.number },
      file: { kind: 'output', name: input.name } as const,
    };
    return { bytes: output.bytes, content: contentOf(ports, at) };
  },
});

const CHUNK = 256 * 1024;

async function* contentOf(ports: Ports, at: Parameters<typeof readFile>[1]): AsyncGenerator<Uint8Array> {
  for (let offset = 0; ; ) {
    const chunk = await readFile(ports, at, { offset, limit: CHUNK });
    if (!chunk)
      throw new Refused('job.no_output', {
        job: at.ref.job,
        name: at.file.kind === 'output' ? at.file.name : 'log',
      });
    if (chunk.bytes.length > 0) yield chunk.bytes;
    offset = chunk.offset + chunk.bytes.length;
    if (chunk.eof || chunk.bytes.length === 0) return;
  }
}
