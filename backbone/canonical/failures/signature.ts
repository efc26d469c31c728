import { z } from 'zod'
import { FailureClass, Remedy } from './failure-class.ts'

/**
 * One sign by which a failure is known, as a row of a table: a code (of a list, where other lists use the same
 * code), a text, or an HTTP status. Where several are given, all must hold.
 */
export const FailureSignature = z
  .object({
    signatureId: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{1,79}$/, 'lower-case letters, digits and dashes')
      .meta({ description: 'Name of the sign, such as netsuite-item-reference.' }),
    about: z.string().min(1).max(200).meta({ description: 'What it means, in one line.' }),
    codeList: z.string().min(1).max(40).optional().meta({
      description: 'Whose code it is: quickbooks, netsuite, x12-ak403 …; without it, any list.',
    }),
    code: z.string().min(1).max(80).optional().meta({ description: 'Matched as a whole word.' }),
    message: z.string().min(3).max(300).optional().meta({
      description:
        'Text the message has in it, whatever its case. `*` stands for anything, `{item}` for the number of the thing at the root.',
    }),
    status: z.int().min(100).max(599).optional().meta({ description: 'HTTP status.' }),
    errorClass: FailureClass,
    effect: z.enum(['refused', 'failed', 'unknown']).meta({
      description:
        'refused: not done, and the same call will not be done later either; failed: not done, worth another try; unknown: it may have happened, look it up.',
    }),
    remedy: Remedy.optional().meta({ description: 'Where it differs from the class’s own.' }),
    source: z.string().max(60).optional().meta({ description: 'Where the sign is documented.' }),
  })
  .refine(
    ({ code, message, status }) => code !== undefined || message !== undefined || !!status,
    'A signature needs a code, a message or a status.',
  )
  .meta({ id: 'FailureSignature' })
export type FailureSignature = z.infer<typeof FailureSignature>

/** What is seen of a failure: in the body's code first, then in its message, then in the HTTP status. */
export type FailureFacts = {
  /** The codes it carries, the most telling first; `list` is empty where the form of the answer does not tell it. */
  readonly codes: readonly { readonly list: string; readonly code: string }[]
  readonly message?: string
  readonly status?: number
  /** JSON path, or segment and element, of what is wrong. */
  readonly path?: string
}

/** How much of a failure a signature has recognised, the most certain first. */
const signatureLevels = ['code-and-message', 'code', 'message', 'status'] as const
export type SignatureLevel = (typeof signatureLevels)[number]

/** A signature that holds for a failure. */
export type SignatureMatch = {
  readonly signature: FailureSignature
  readonly level: SignatureLevel
  /** Which of the failure's codes it is about. */
  readonly place: number
  /** The thing at the root, where the signature's text names it: `item 1009`. */
  readonly entity?: string
}

/** A signature that nearly had a failure: it counts for less, or shares the code without holding. */
export type NearSignature = { readonly signature: FailureSignature; readonly why: string }

const wildcard = /\*|\{(\w+)\}/g
const named = /^[\s"'“]*([\w][\w./-]*)/

type Pieces = { readonly texts: string[]; readonly names: string[] }

/** The texts around the wildcards, and what each wildcard stands for. */
function piecesOf(pattern: string): Pieces {
  const names = [...pattern.matchAll(wildcard)].map((found) => found[1] ?? '')
  return { texts: pattern.toLowerCase().split(/\*|\{\w+\}/), names }
}

// Many failures are held against one table: each of its texts is taken apart once, for as long as the table lives.
const takenApart = new WeakMap<FailureSignature, Pieces>()

function piecesOnce(signature: FailureSignature, pattern: string): Pieces {
  const pieces = takenApart.get(signature) ?? piecesOf(pattern)
  takenApart.set(signature, pieces)
  return pieces
}

// Piece by piece instead of a regular expression: tenants write these, and a text must never take long to search.
function textMatch(
  { texts, names }: Pieces,
  message: string,
): { readonly entity?: string } | undefined {
  const searched = message.toLowerCase()
  let at = 0
  let entity: string | undefined
  for (const [index, text] of texts.entries()) {
    const found = searched.indexOf(text, at)
    if (found === -1) return undefined
    at = found + text.length
    const name = names[index]
    if (name === undefined || name === '') continue
    const value = named.exec(message.slice(at))?.[1]?.replace(/[./-]+$/, '')
    if (value === undefined) return undefined
    entity ??= `${name} ${value}`
  }
  return entity === undefined ? {} : { entity }
}

const sameCode = (a: string, b: string) =>
  a === b || (a.length === b.length && a.toUpperCase() === b.toUpperCase())

/** Which of the failure's codes a signature is about; 0 for one that asks for none, -1 when it is about none of them. */
function codePlace({ code, codeList, message }: FailureSignature, { codes }: FailureFacts): number {
  if (code === undefined) return 0
  return codes.findIndex(
    (fact) =>
      sameCode(fact.code, code) &&
      // A bare number says little: it counts in its own list, or when the words agree too.
      (codeList === undefined ||
        fact.list === codeList ||
        (fact.list === '' && message !== undefined)),
  )
}

function levelOf({ code, message }: FailureSignature): SignatureLevel {
  if (code !== undefined) return message === undefined ? 'code' : 'code-and-message'
  return message === undefined ? 'status' : 'message'
}

function matchOf(signature: FailureSignature, facts: FailureFacts): SignatureMatch | undefined {
  const { message, status } = signature
  const place = codePlace(signature, facts)
  if (place === -1) return undefined
  if (status !== undefined && status !== facts.status) return undefined
  const text =
    message === undefined ? {} : textMatch(piecesOnce(signature, message), facts.message ?? '')
  return text === undefined ? undefined : { signature, place, level: levelOf(signature), ...text }
}

function missOf(signature: FailureSignature, facts: FailureFacts): string | undefined {
  const { code, codeList, message } = signature
  if (code === undefined || !facts.codes.some((fact) => sameCode(fact.code, code))) return undefined
  return codePlace(signature, facts) !== -1
    ? `the code ${code} agrees, but the message does not say "${message ?? ''}"`
    : `${code} means this in the list ${codeList ?? ''} only, and the answer has not its form`
}

const isBefore = (a: SignatureMatch, b: SignatureMatch) =>
  a.level === b.level
    ? a.place < b.place
    : signatureLevels.indexOf(a.level) < signatureLevels.indexOf(b.level)

/**
 * Finds the signature a failure is known by: a code with its message before a code, a code before a message, a
 * message before the HTTP status, the first code before the next. Then the first of the table counts, so that a tenant's own go before ours.
 */
export function matchSignature(
  facts: FailureFacts,
  signatures: readonly FailureSignature[],
): SignatureMatch | undefined {
  let best: SignatureMatch | undefined
  for (const signature of signatures) {
    const match = matchOf(signature, facts)
    if (match !== undefined && (best === undefined || isBefore(match, best))) best = match
  }
  return best
}

/** Tells which signatures nearly had a failure, and why they do not count. */
export function nearSignatures(
  facts: FailureFacts,
  match: SignatureMatch | undefined,
  signatures: readonly FailureSignature[],
): NearSignature[] {
  return signatures.flatMap((signature) => {
    if (signature === match?.signature) return []
    const other = matchOf(signature, facts)
    const why = other === undefined ? missOf(signature, facts) : beatenBy(other, match)
    return why === undefined ? [] : [{ signature, why }]
  })
}

function beatenBy({ level }: SignatureMatch, match: SignatureMatch | undefined): string {
  return level === match?.level
    ? 'it holds too, but comes later'
    : `it holds by its ${level} only, and ${match?.level ?? 'nothing'} goes before ${level}`
}
