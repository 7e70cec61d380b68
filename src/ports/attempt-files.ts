/** Files of attempts, wherever they are: still with their agent, or in the blob store. */
import type { AttemptRef } from '../core/job/attempt.ts';
import type { AttemptFile, FileChunk, ReadRange } from './runner.ts';

export interface AttemptFiles {
  /** Throws Refused `agent.unavailable` when the agent that has it is not connected, undefined when there is no such file. */
  read(agent: string, ref: AttemptRef, file: AttemptFile, range: ReadRange): Promise<FileChunk | undefined>;
}
