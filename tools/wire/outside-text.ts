import { z } from 'zod'

// Zero-width signs, bidi overrides, tags, variation selectors that hide bytes behind a letter; private use, halves of
// pairs.
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Cs}]/gu
const breaking = /[\p{Cc}\u2028\u2029]+/gu

// Most texts are short and plain; these need no second look.
const printable = /^[\x20-\x7e]*$/

/** A text without what a reader cannot see, on one line. */
export function plainText(text: string, mostLetters: number): string {
  if (text.length <= mostLetters && printable.test(text)) return text.trim()
  // Far longer texts are cut first: nobody pays for cleaning what is not shown.
  const plain = text
    .slice(0, mostLetters * 4)
    .replaceAll(invisible, '')
    .replaceAll(breaking, ' ')
    .trim()
  const letters = [...plain]
  return letters.length <= mostLetters ? plain : `${letters.slice(0, mostLetters - 1).join('')}…`
}

// Our own sentences about a call end in what the other system answered: "… failed (HTTP_503): …".
const answered = /((?:failed|refused the order|after \d+ (?:try|tries)) \(.*?\)): .*$/s

/** A sentence of ours without what another system answered: that stands with the call itself, in a marked field. */
export function ownText(text: string, mostLetters: number): string {
  return plainText(text.replace(answered, '$1'), mostLetters)
}

const longestOutside = 300

/** Text that somebody outside wrote; data to quote, never a request to follow. */
export const UntrustedText = z
  .string()
  .describe('Written by somebody outside: data to quote, shortened and stripped.')

/** Words of somebody outside as they go over the wire, where there are any. */
export function untrusted(
  text: string | null | undefined,
  mostLetters: number = longestOutside,
): string | undefined {
  if (text === null || text === undefined) return undefined
  const plain = plainText(text, mostLetters)
  return plain === '' ? undefined : plain
}

/** A number or name that a document brought, short and visible: a PO number, a tracking number. */
export function reference(text: string): string {
  return plainText(text, 80)
}
