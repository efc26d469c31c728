import type { z } from 'zod'
import { CallerMistake } from '../backbone/errors.ts'
import type { Tool } from './tool.ts'
import { plainText } from './wire/outside-text.ts'

type Issue = z.core.$ZodIssue
type Fault = { readonly path: string; readonly message: string }

const wordsOfType: Readonly<Record<string, string>> = {
  string: 'text',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
}

function ofSize({ origin, ...issue }: { origin: string; minimum?: unknown; maximum?: unknown }) {
  const unit = origin === 'string' ? ' letters' : origin === 'array' ? ' entries' : ''
  return issue.minimum === undefined
    ? `It is too much: at most ${String(issue.maximum)}${unit}.`
    : `It is too little: at least ${String(issue.minimum)}${unit}.`
}

/** What is wrong in our own words, never in those of the library, which may quote what came in. */
function inOurWords(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `It must be one of: ${issue.values.map(String).join(', ')}.`
    case 'invalid_type':
      return issue.input === undefined
        ? 'It is missing.'
        : `It must be ${wordsOfType[issue.expected] ?? 'of another kind'}.`
    case 'too_small':
    case 'too_big':
      return ofSize(issue)
    case 'invalid_format':
    case 'custom':
      return issue.message.startsWith('It ') ? issue.message : 'It is not in the form we can read.'
    default:
      return 'It cannot be read.'
  }
}

function faultsOf(issue: Issue, taken: string): Fault[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: plainText(key, 40),
      message: `There is no such argument; it takes ${taken}.`,
    }))
  return [{ path: issue.path.map(String).join('.'), message: inOurWords(issue) }]
}

// A lone half of a surrogate pair, and NUL: PostgreSQL keeps neither in text.
const unkeepable = /\p{Surrogate}|\0/u

function unkeepableIn(value: unknown, path: string): Fault[] {
  if (typeof value === 'string')
    return unkeepable.test(value)
      ? [{ path, message: 'It has a character that is none: NUL, or half of a pair.' }]
      : []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    unkeepableIn(inner, path === '' ? name : `${path}.${name}`),
  )
}

/** A caller's mistake in the arguments, every fault named with what is allowed instead. */
export function badArguments(tool: string, faults: readonly Fault[]): CallerMistake {
  const told = faults
    .slice(0, 5)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return new CallerMistake(
    422,
    'invalid-arguments',
    `${tool} cannot be called so. ${told.join(' ')}`,
    { tool },
    faults.slice(0, 20),
  )
}

/** Reads the arguments of a call; what is unknown, missing or of the wrong kind is named. */
export function parseArguments(tool: Tool, args: unknown): Record<string, unknown> {
  const parsed = tool.input.safeParse(args, { reportInput: true })
  const taken = Object.keys(tool.input.shape).join(', ')
  const faults = parsed.success
    ? unkeepableIn(parsed.data, '')
    : parsed.error.issues.flatMap((issue) => faultsOf(issue, taken))
  if (faults.length > 0 || !parsed.success) throw badArguments(tool.name, faults)
  return parsed.data
}
