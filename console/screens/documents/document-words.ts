import type { DocumentView, MarkedFinding } from '../../api/documents-queries.ts'

/** How loudly a finding is told: its colour, and the word and sign that say the same without it. */
export const severities: Readonly<
  Record<
    MarkedFinding['severity'],
    { readonly color: string; readonly sign: string; readonly word: string }
  >
> = {
  error: { color: 'red', sign: '✕', word: 'Error' },
  warning: { color: 'orange', sign: '!', word: 'Warning' },
  note: { color: 'gray', sign: 'i', word: 'Note' },
}

/** Who found it. */
export const originWords: Readonly<Record<MarkedFinding['origin'], string>> = {
  reading: 'found while reading',
  checks: 'found by the checks of the order',
  partner: 'said by the partner',
}

/** What a document is written in. */
export const formatWords: Readonly<Record<DocumentView['format'], string>> = {
  x12: 'X12',
  json: 'JSON',
  xml: 'XML',
  text: 'plain text',
  binary: 'no text: bytes in hexadecimal',
}

/** A count as it is written, 1,204, and of what, where that is said. */
export function countText(count: number, one = ''): string {
  const number = new Intl.NumberFormat().format(count)
  if (one === '') return number
  return `${number} ${one}${count === 1 ? '' : 's'}`
}
