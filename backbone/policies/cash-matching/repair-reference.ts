/** The part of a number that tells it apart: without dashes, blanks, leading letters and leading zeros. */
function coreOf(number: string): string {
  const plain = number.toUpperCase().replace(/[^A-Z0-9]/g, '')
  const withoutPrefix = plain.replace(/^[A-Z]+(?=\d)/, '')
  return withoutPrefix.replace(/^0+(?=.)/, '')
}

function isOneSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  const differing = [...a].flatMap((letter, place) => (letter === b[place] ? [] : [place]))
  const [first, second] = differing
  if (differing.length !== 2 || first === undefined || second === undefined) return false
  return second === first + 1 && a[first] === b[second] && a[second] === b[first]
}

function isOneEdit(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (long.length - short.length > 1) return false
  let place = 0
  while (place < short.length && short[place] === long[place]) place += 1
  const rest = long.slice(place + 1)
  return rest === short.slice(short.length === long.length ? place + 1 : place)
}

/** How a reference can be read as an invoice number: by its prefix or zeros, one swap or one edit; undefined when it cannot. */
export function repairOf(
  named: string,
  invoiceNumber: string,
  minimumLength: number,
): 'prefix or zeros' | 'one swap' | 'one edit' | undefined {
  const [a, b] = [coreOf(named), coreOf(invoiceNumber)]
  if (!/\d/.test(a) || !/\d/.test(b)) return undefined
  if (a === b) return 'prefix or zeros'
  if (Math.min(a.length, b.length) < minimumLength) return undefined
  if (isOneSwap(a, b)) return 'one swap'
  return isOneEdit(a, b) ? 'one edit' : undefined
}
