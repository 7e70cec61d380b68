/** What a doctor says of one thing that was looked at. */
export interface Diagnosed {
  /** What was looked at: `data`, `database`, `tls`, … */
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'error';
  readonly what: string;
  /** What comes of it. */
  readonly why?: string | undefined;
  /** How to mend it. */
  readonly next?: string | undefined;
}
