/** What is known of a kind of error: its HTTP status, what happened, what to do next. */
export interface ErrorKind {
  readonly status: number;
  readonly message: string;
  readonly next: string;
}
