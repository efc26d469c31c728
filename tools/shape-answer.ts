import type { Tool } from './tool.ts'
import { plainText } from './wire/outside-text.ts'

type Answer = Record<string, unknown>

const longestText = 4_000

/** Whatever a text came from: nothing invisible leaves the house, and none is without end. */
function plainly(value: unknown): unknown {
  if (typeof value === 'string') return plainText(value, longestText)
  if (Array.isArray(value)) return value.map(plainly)
  if (typeof value !== 'object' || value === null) return value
  return plainRecord(value)
}

function plainRecord(row: object): Answer {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, inner]) =>
      inner === undefined ? [] : [[name, plainly(inner)] as const],
    ),
  )
}

const always = ['as_of', 'next_cursor', 'note']

function chosen(row: object, names: readonly string[]): Answer {
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)))
}

function fieldsIn(input: Answer): readonly string[] | undefined {
  const { fields } = input
  return Array.isArray(fields) ? fields.map(String) : undefined
}

/** An answer with the fields that were asked for, plainly written. */
export function shapeAnswer(tool: Tool, input: Answer, answer: Answer): Answer {
  const fields = fieldsIn(input)
  const plain = plainRecord(answer)
  if (fields === undefined) return plain
  const names = [...tool.keeps, ...fields]
  const { items } = plain
  if (!Array.isArray(items)) return chosen(plain, [...always, ...names])
  return { ...plain, items: items.map((item: object) => chosen(item, names)) }
}

/** What an answer weighs on the wire. */
export function sizeOf(answer: Answer): number {
  return Buffer.byteLength(JSON.stringify(answer))
}
