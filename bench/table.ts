/**
 * `npm run bench -- table FILE…`: writes what benches printed with `--json` into docs/performance.md, between two
 * marks; rows of other benches stay. The text around it is written by people; no figure is.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Figure } from './harness/figure.ts';

const PAGE = join(import.meta.dirname, '../docs/performance.md');
const BEGIN = '<!-- written by `npm run bench -- table` -->';
const END = '<!-- end of what is written -->';

type Line = Figure & { readonly bench: string };

/** @throws Error when the page has no place for it, or a file holds none */
export function writeTable(files: readonly string[]): void {
  const lines = files.flatMap(linesOf);
  if (lines.length === 0) throw new Error('no figure: give files that benches wrote with --json');
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${PAGE} has no marks`);
  const kept = rowsOf(page.slice(before.length), new Set(lines.map(({ bench }) => bench)));
  writeFileSync(
    PAGE,
    `${before}${BEGIN}\n${[tableOf(lines), ...kept].join('\n')}\n${machine()}\n${END}${after}`,
  );
}

/** Rows that stand there of benches that were not run again. */
function rowsOf(page: string, again: ReadonlySet<string>): string[] {
  const table = page.slice(0, page.indexOf(END));
  return table
    .split('\n')
    .slice(3)
    .filter((row) => row.startsWith('| ') && !again.has(row.split(' | ')[0]!.slice(2)));
}

function linesOf(file: string): Line[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line);
}

function tableOf(lines: readonly Line[]): string {
  const rows = lines.map((line) => `| ${cellsOf(line).join(' | ')} |`);
  return [
    '| bench | what | median | 10 % – 90 % | aim | beside it |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function cellsOf({
  bench,
  name,
  value,
  unit,
  goal,
  better,
  peer,
  ratio,
  ratioGoal,
  against,
  spread,
}: Line): string[] {
  const met = goal === undefined || (better === 'lower' ? value <= goal : value >= goal);
  const reached =
    ratioGoal === undefined ||
    (better === 'lower' ? (ratio ?? Infinity) <= ratioGoal : (ratio ?? 0) >= ratioGoal);
  const aims = [
    ...(goal === undefined
      ? []
      : [`${better === 'lower' ? '≤' : '≥'} ${goal} ${unit}${met ? '' : ', missed'}`]),
    ...(ratioGoal === undefined
      ? []
      : [`${better === 'lower' ? '≤' : '≥'} ${ratioGoal}×${reached ? '' : ', missed'}`]),
  ];
  const beside = peer === undefined ? '' : `${ratio}× of ${peer} ${unit}: ${against}`;
  return [bench, name, `${value} ${unit}`, `${spread[0]} – ${spread[1]}`, aims.join('; '), beside];
}

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `\nTaken on ${cpus().length} processors (${cpu?.model.trim()}), ${memory} GiB, ${process.platform}, Node ${process.version}.`;
}
