import { createHash } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const letters = (values: Iterable<number>) =>
  Array.from(values, (value) => alphabet[value & 31] ?? '0').join('')

function momentLetters(moment: string): string {
  const atMs = Date.parse(moment)
  return letters(
    Array.from({ length: 10 }, (_, place) => Math.floor(atMs / 32 ** (9 - place)) % 32),
  )
}

/** An id as `newId` makes them, sorted by its moment, but the same in every seeding of a tenant. */
export function historicId(
  kind: 'ord' | 'inv' | 'pay',
  { tenantId, number, moment }: { tenantId: string; number: string; moment: string },
): string {
  const hash = createHash('sha256').update(`${tenantId}\n${kind}\n${number}`).digest()
  return `${kind}_${momentLetters(moment)}${letters(hash.subarray(0, 16))}`
}
