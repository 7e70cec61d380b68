/** Reads the file of `capstan up --nodes`. Every problem is shown at once, at its line and column. */
import { InvalidInput, UsageError } from '../cli/errors.ts';
import { readSource, type Source } from '../cli/files/source.ts';
import { type ParsedDocument, parseYaml } from '../cli/files/yaml-documents.ts';
import type { Io } from '../cli/io.ts';
import { NodesFile } from '../contract/nodes-file.ts';
import { problemsOf } from '../contract/problems.ts';

const NEXT = 'Nothing was started. Mend the file; docs/cli.md lists its fields under `up`.';

/** @throws InvalidInput with every problem; UsageError when the file cannot be read or is empty */
export async function readNodesFile(path: string, io: Pick<Io, 'stdin' | 'cwd'>): Promise<NodesFile> {
  return nodesFileIn(await readSource(path, io));
}

/** @throws InvalidInput, UsageError */
export function nodesFileIn(source: Source): NodesFile {
  const [document, ...more] = documentsIn(source);
  if (!document) throw new UsageError(`${source.name} is empty`, NEXT);
  if (more.length > 0) throw new UsageError(`${source.name} holds more than one document`, NEXT);
  const checked = NodesFile.safeParse(document.value);
  if (checked.success) return checked.data;
  const problems = problemsOf(checked.error, document.value, NodesFile)
    .map((problem) => ({ ...problem, ...document.locate(problem.path) }))
    .sort((a, b) => a.offset - b.offset);
  throw new InvalidInput(source.name, problems, NEXT);
}

function documentsIn(source: Source): readonly ParsedDocument[] {
  try {
    return parseYaml(source);
  } catch (error) {
    throw error instanceof InvalidInput ? new InvalidInput(source.name, error.problems, NEXT) : error;
  }
}
