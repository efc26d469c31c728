import type { z } from 'zod'
import type { Finding } from '../../canonical/finding.ts'
import { type JsonPath, jsonFinding } from './json-path.ts'

type Issue = z.core.$ZodIssue

const namesOfTypes: Readonly<Record<string, string>> = {
  string: 'text in double quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

const namesOfFormats: Readonly<Record<string, string>> = {
  date: 'a day such as 2026-11-02',
  datetime: 'a moment such as 2026-11-02T14:30:00Z',
}

function stepInto(value: unknown, step: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined
}

function inWords(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'string') return `the text "${value.slice(0, 60)}"`
  return `${typeof value === 'number' ? 'the number ' : ''}${String(value)}`
}

function sizeInWords(origin: string, limit: number | bigint, edge: 'least' | 'most'): string {
  if (origin === 'string')
    return limit === 1 && edge === 'least'
      ? 'a text that is not empty'
      : `a text of at ${edge} ${limit} characters`
  if (origin === 'array') return `a list of at ${edge} ${limit}`
  return `a number of at ${edge} ${limit}`
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return namesOfTypes[issue.expected] ?? issue.expected
    case 'too_small':
      return sizeInWords(issue.origin, issue.minimum, 'least')
    case 'too_big':
      return sizeInWords(issue.origin, issue.maximum, 'most')
    case 'invalid_format':
      return namesOfFormats[issue.format] ?? issue.message
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`
    case 'invalid_union':
      return 'one of order, order-change, shipment, payment, milestone'
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'custom':
      return issue.message
  }
}

/** Says in plain words where a document breaks its schema: what was expected there and what was found. */
export function schemaFindings(error: z.ZodError, document: unknown, at: JsonPath = []): Finding[] {
  return error.issues.slice(0, 100).map((issue) => {
    const steps = issue.path.map((step) => (typeof step === 'symbol' ? step.toString() : step))
    const found = steps.reduce<unknown>((value, step) => stepInto(value, step), document)
    const isMissing = found === undefined
    return jsonFinding({
      code: isMissing ? 'missing' : issue.code.replaceAll('_', '-'),
      message: `Expected ${expectation(issue)}, found ${inWords(found)}.`,
      path: [...at, ...steps],
      ...(isMissing ? {} : { found: typeof found === 'string' ? found : JSON.stringify(found) }),
    })
  })
}
