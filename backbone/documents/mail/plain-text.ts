// Control characters, zero-width and bidirectional marks, private use: they hide words from people.
const hidden = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  euro: '€',
}

function entity(whole: string, name: string): string {
  const code = /^#x([0-9a-f]{1,6})$/i.exec(name)?.[1]
  const point =
    code === undefined ? Number(/^#(\d{1,7})$/.exec(name)?.[1]) : Number.parseInt(code, 16)
  if (Number.isInteger(point) && point > 0 && point <= 0x10_ff_ff)
    return String.fromCodePoint(point)
  return entities[name.toLowerCase()] ?? whole
}

/** The words of a mail that comes as HTML only. */
export function textOfHtml(html: string): string {
  return html
    .slice(0, 400_000)
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/<(style|script|head|title)\b[\s\S]*?<\/\1\s*>/gi, '')
    .replaceAll(/<(br|\/p|\/div|\/tr|\/li|\/h[1-6])\b[^>]*>/gi, '\n')
    .replaceAll(/<blockquote\b[^>]*>/gi, '\n> ')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(#?\w{1,8});/g, entity)
}

/** Text without what nobody sees, in plain lines, not longer than that. */
export function plainText(text: string, most: number): string {
  return text
    .normalize('NFC')
    .replaceAll(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.replaceAll('\t', ' ').replaceAll(hidden, '').trimEnd())
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
    .slice(0, most)
}

/** Text in one line. */
export function plainLine(text: string, most: number): string {
  return plainText(text.replaceAll(/\s+/g, ' '), most)
}
