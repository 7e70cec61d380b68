/** clients/conformance/cases.yaml as it is written; its README says what each word means. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface HandlerSpec {
  readonly do: string;
  readonly [word: string]: unknown;
}

export interface TaskSpec {
  readonly id: string;
  readonly handler?: string;
  readonly 'handler-name'?: string;
  readonly payload?: unknown;
  readonly text?: number;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly after?: readonly string[];
  readonly count?: number;
  readonly key?: string;
  readonly 'start-in'?: string;
  readonly when?: string;
}

export interface Expected {
  readonly state?: string;
  readonly reason?: string;
  readonly error?: Readonly<Record<string, unknown>>;
  readonly attempts?: number;
  readonly charged?: number;
  readonly result?: unknown;
  readonly length?: number;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly raises?: string;
  readonly events?: readonly string[];
  readonly logs?: readonly string[];
  readonly stopped?: boolean;
  readonly refused?: string;
  readonly at?: string;
  readonly repeated?: boolean;
  readonly 'same-as'?: string;
  readonly 'not-before'?: string;
}

export type Step = Readonly<Record<string, unknown>>;

export interface Case {
  readonly name: string;
  readonly handlers: Readonly<Record<string, HandlerSpec>>;
  readonly worker?: 'before' | 'after' | 'none';
  readonly concurrency?: number;
  readonly submit?: 'each' | 'at-once' | 'batch' | 'batch-all' | 'and-wait';
  readonly traceparent?: string;
  readonly follow?: string;
  readonly key?: object;
  readonly tasks: readonly TaskSpec[];
  readonly steps?: readonly Step[];
  readonly expect: Readonly<Record<string, unknown>>;
}

export interface CaseList {
  readonly server: { readonly env: Readonly<Record<string, string>> };
  readonly defaults: {
    readonly within: string;
    readonly concurrency: number;
    readonly options: Readonly<Record<string, unknown>>;
  };
  readonly cases: readonly Case[];
}

export function readCases(): CaseList {
  return parse(readFileSync(join(import.meta.dirname, '../../../conformance/cases.yaml'), 'utf8'));
}

/** `500ms`, `2s` → milliseconds. */
export function ms(text: unknown): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(String(text));
  if (!match) throw new Error(`${text} is no time of this list`);
  return Number(match[1]) * (match[2] === 's' ? 1000 : 1);
}
