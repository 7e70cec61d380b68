/** Something that is wrong with an audit trail, and where. */
export type FindingKind =
  | 'altered-record'
  | 'deleted-record'
  | 'inserted-record'
  | 'reordered-record'
  | 'altered-block'
  | 'missing-block'
  | 'inserted-block'
  | 'forked-chain'
  | 'cut-tail'
  | 'missing-chain'
  | 'missing-heads'
  | 'altered-head'
  | 'bad-signature'
  | 'unknown-key'
  | 'broken-export';

export interface Finding {
  readonly kind: FindingKind;
  readonly chain?: string | undefined;
  readonly height?: number | undefined;
  /** Id. */
  readonly record?: number | undefined;
  /** Number. */
  readonly head?: number | undefined;
  readonly message: string;
}

export function finding(
  kind: FindingKind,
  where: Omit<Finding, 'kind' | 'message'>,
  message: string,
): Finding {
  return { kind, ...where, message };
}
