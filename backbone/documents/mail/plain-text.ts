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

const silent = new Set(['style', 'script', 'head', 'title', 'template'])
const breaking = new Set([
  'br',
  'p',
  'div',
  'tr',
  'li',
  'h1',
  'h2',
  'h3',
  'h4',
  'table',
  'ul',
  'ol',
])

/** What a tag leaves in the text. */
function textOfTag(name: string, isEnd: boolean): string {
  if (name === 'blockquote') return isEnd ? '\n' : '\n> '
  return name === 'br' || (isEnd && breaking.has(name)) ? '\n' : ''
}

/** Where what begins at a "<" ends, and what it leaves; by plain search, so that no mail costs more than its length. */
function tagAt(html: string, open: number): { readonly end: number; readonly text: string } {
  if (html.startsWith('<!--', open)) {
    const end = html.indexOf('-->', open)
    return { end: end === -1 ? html.length : end + 3, text: '' }
  }
  const close = html.indexOf('>', open)
  if (close === -1) return { end: html.length, text: '' }
  const [, slash = '', name = ''] =
    /^(\/?)([a-z0-9]{1,12})/i.exec(html.slice(open + 1, open + 20)) ?? []
  const tag = name.toLowerCase()
  if (slash !== '' || !silent.has(tag))
    return { end: close + 1, text: textOfTag(tag, slash !== '') }
  const endTag = html.indexOf(`</${tag}`, close)
  return { end: endTag === -1 ? html.length : endTag, text: '' }
}

/** The words of a mail that comes as HTML only. */
export function textOfHtml(whole: string): string {
  const html = whole.slice(0, 400_000)
  const parts: string[] = []
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open === -1) break
    parts.push(html.slice(at, open))
    const { end, text } = tagAt(html, open)
    parts.push(text)
    at = end
  }
  parts.push(html.slice(at))
  return parts.join('').replaceAll(/&(#?\w{1,8});/g, entity)
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
