/** Token buckets that replicas share, so that a limit holds for all of them together. */
export interface BucketShape {
  readonly perSecond: number;
  /** Most that it holds. */
  readonly burst: number;
}

export interface Standing {
  readonly granted: boolean;
  /** Whole tokens that are left. */
  readonly left: number;
  /** Until the bucket is full again, seconds. */
  readonly fullIn: number;
  /** Until there is one token, seconds; 0 when there is. */
  readonly nextIn: number;
}

export interface SharedBuckets {
  /**
   * Takes a token if there is one, at once for all replicas. Undefined when nobody can be asked in time:
   * the caller then has its own buckets alone. Never rejects.
   */
  take(
    bucket: { readonly kind: string; readonly owner: string },
    shape: BucketShape,
  ): Promise<Standing | undefined>;
  close(): Promise<void>;
}
