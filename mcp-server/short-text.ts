type Answer = Readonly<Record<string, unknown>>

const most = { items: 10, parts: 9, letters: 100, lines: 20 }

/** The most a short text weighs, whatever the answer is. */
export const mostTextBytes = 4_096

const isRecord = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const cut = (text: string): string =>
  text.length <= most.letters ? text : `${text.slice(0, most.letters - 1)}…`

/** A value in a few words; what has no short form, and what somebody outside wrote, stays in the structured answer. */
function inWords(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : cut(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) {
    const words = value.filter((word) => typeof word === 'string')
    return words.length === value.length && words.length > 0
      ? cut(words.slice(0, 5).join(' '))
      : undefined
  }
  return isRecord(value) && typeof value['text'] === 'string' ? cut(value['text']) : undefined
}

function partsOf(record: Answer): string[] {
  return Object.entries(record)
    .filter(([name]) => name !== 'untrusted_text' && name !== 'next_cursor' && name !== 'note')
    .flatMap(([name, value]) => {
      const words = inWords(value)
      return words === undefined ? [] : [`${name} ${words}`]
    })
}

function linesOfList(items: readonly unknown[], answer: Answer): string[] {
  const shown = items
    .slice(0, most.items)
    .flatMap((item) =>
      isRecord(item) ? [`- ${partsOf(item).slice(0, most.parts).join(', ')}`] : [],
    )
  const left = items.length - shown.length
  return [
    `${items.length} ${items.length === 1 ? 'item' : 'items'}${'next_cursor' in answer ? ', more behind next_cursor' : ''}.`,
    ...shown,
    ...(left > 0 ? [`- and ${left} more in the structured answer`] : []),
  ]
}

function linesOfRecord(answer: Answer): string[] {
  const lists = Object.entries(answer).flatMap(([name, value]) =>
    Array.isArray(value) && inWords(value) === undefined ? [`${name}: ${value.length}`] : [],
  )
  return [...partsOf(answer), ...lists]
}

/** An answer in a few lines for people and for hosts that show no structured answers; never a copy of it. */
export function shortText(answer: Answer): string {
  const { items } = answer
  const lines = Array.isArray(items) ? linesOfList(items, answer) : linesOfRecord(answer)
  const text = lines.slice(0, most.lines).join('\n')
  const bytes = Buffer.from(text)
  return bytes.length <= mostTextBytes
    ? text
    : `${bytes
        .subarray(0, mostTextBytes - 8)
        .toString()
        .replace(/\uFFFD$/, '')}…`
}
