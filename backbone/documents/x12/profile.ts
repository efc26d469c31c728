/** An interchange or group address: ISA05/06 or ISA07/08. */
export type X12Address = { readonly qualifier: string; readonly id: string }

/** How strict we are with one partner; every choice is recorded as a finding either way. */
export type X12Policy = {
  /** An ISA whose elements are not padded to their widths. */
  readonly isaLength: 'repair' | 'reject'
  /** Control numbers and counts of IEA and GE that do not agree with ISA and GS. */
  readonly controlMismatch: 'accept-with-errors' | 'reject'
  /** Wrong segments and elements in a document that can still be understood. */
  readonly elementErrors: 'accept-with-errors' | 'reject'
}

/** What we know of the partner before reading: addresses where they are agreed, currency, strictness. */
export type X12Profile = {
  readonly ourIds?: readonly X12Address[]
  readonly partnerIds?: readonly X12Address[]
  /** Currency of documents without a CUR segment; USD unless the partner agreed on another. */
  readonly defaultCurrency?: string
  readonly policy?: Partial<X12Policy>
  /** The interchange number came before with other content: everything is refused with TA1 025. */
  readonly isNumberUsed?: boolean
}

/** The strictness for partners without one of their own: take what can be understood, and say what was wrong. */
export const defaultPolicy: X12Policy = {
  isaLength: 'repair',
  controlMismatch: 'accept-with-errors',
  elementErrors: 'accept-with-errors',
}
