/**
 * Looks at the outputs a job declared. A member owns the directories it writes them to, so what
 * lies there is looked at without following links, which could lead to the server's own files.
 */
import { lstatSync, type Stats } from 'node:fs';
import type { OutputFile } from '../../../core/job/attempt.ts';
import type { Output } from '../../../core/job/spec.ts';
import { type AttemptLayout, outputFile, outputVariable } from '../layout.ts';

export function presentOutputs(layout: AttemptLayout, outputs: readonly Output[]): OutputFile[] {
  return outputs.flatMap((output) => {
    const stat = statOf(layout, output);
    return stat?.isFile() ? [{ name: output.name, path: output.path, bytes: stat.size }] : [];
  });
}

/** A sentence about the first output that is not there, or nothing when all are. */
export function missingOutput(layout: AttemptLayout, outputs: readonly Output[]): string | undefined {
  for (const output of outputs) {
    const stat = statOf(layout, output);
    if (stat?.isFile()) continue;
    const found = stat === undefined ? 'was not written' : `is ${kindOf(stat)}, not a regular file`;
    const variable = outputVariable(output.name);
    return `output ${output.name} (${output.path}) ${found}: write it to the path that the variable ${variable} holds`;
  }
  return undefined;
}

function statOf(layout: AttemptLayout, output: Output): Stats | undefined {
  return lstatSync(outputFile(layout, output), { throwIfNoEntry: false });
}

function kindOf(stat: Stats): string {
  if (stat.isDirectory()) return 'a directory';
  return stat.isSymbolicLink() ? 'a symbolic link' : 'a special file';
}
