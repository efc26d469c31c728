import type { FailureClass } from '../../canonical/failures/failure-class.ts'

/** What makes failures alike. */
export type FailureTraits = {
  readonly connectionKind: string
  readonly connectionId: string
  readonly operation: string
  readonly errorClass: FailureClass
  readonly code: string
  readonly message: string
  /** JSON path, or segment and element, of what is wrong. */
  readonly path?: string | undefined
  /** The thing at the root, where a signature names it. */
  readonly entity?: string | undefined
}

/** Which failures have one cause: the pattern they share and the thing at its root. */
export type FailureCause = {
  /** Kind, operation, class, code, message and path with everything that varies taken out. */
  readonly fingerprint: string
  /** What the fingerprint comes down to: for a connection that is away it is the same whatever was asked of it. */
  readonly rootPattern: string
  /** `item 1009`, `customer 35007`, `connection con_…`; undefined when the message names none. */
  readonly rootEntity: string | undefined
}

/**
 * Failures of the way to a system and not of a record: the connection itself is the root, and what breaks on it in
 * several ways (503, silence, cut) is one incident.
 */
const incidentByClass: Readonly<Partial<Record<FailureClass, string>>> = {
  TRANSPORT: 'away',
  OUTAGE: 'away',
  RATE_LIMIT: 'busy',
  AUTH_EXPIRED: 'locked out',
}

const quoted = /"[^"]*"|'[^']*'|`[^`]*`|“[^”]*”/g
const ids =
  /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[a-z]{3}_[0-9a-z]{10,}\b|\b(?=[\w-]*[A-Za-z])(?=[\w-]*\d)[\w]+(?:-[\w]+)+\b|\b(?=\w*[A-Za-z])(?=\w*\d)[A-Za-z0-9]{6,}\b/gi
const numbers = /\d+(?:[.,]\d+)*/g

/** A message with what varies taken out: quoted text, ids, numbers. */
function pattern(message: string): string {
  return message
    .replaceAll(quoted, '<v>')
    .replaceAll(ids, '<id>')
    .replaceAll(numbers, '#')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200)
}

const value = String.raw`["'“]?([\w][\w./-]*\w|\w)["'”]?`
const entityPatterns: readonly (readonly [entity: string, pattern: RegExp])[] = [
  ['item', new RegExp(String.raw`\bitem reference key ${value}`, 'i')],
  ['customer', new RegExp(String.raw`\b(?:entity|customer) reference key ${value}`, 'i')],
  ['item', new RegExp(String.raw`\bfield value ${value} for the following field: item\b`, 'i')],
  [
    'customer',
    new RegExp(
      String.raw`\bfield value ${value} for the following field: (?:entity|customer)\b`,
      'i',
    ),
  ],
  [
    'item',
    new RegExp(
      String.raw`\b(?:item|sku|product|article)(?: (?:number|no\.?|code|id))?:? ${value}`,
      'i',
    ),
  ],
  [
    'customer',
    new RegExp(
      String.raw`\b(?:customer|account|sold-to)(?: (?:number|no\.?|code|id))?:? ${value}`,
      'i',
    ),
  ],
  ['warehouse', new RegExp(String.raw`\bwarehouse(?: (?:number|no\.?|code|id))?:? ${value}`, 'i')],
  [
    'vendor',
    new RegExp(String.raw`\b(?:vendor|supplier)(?: (?:number|no\.?|code|id))?:? ${value}`, 'i'),
  ],
]

function namedEntity(message: string): string | undefined {
  for (const [entity, shape] of entityPatterns) {
    const name = shape.exec(message)?.[1]
    // "item is inactive" names nothing; a number or code has a digit or is upper case.
    if (name !== undefined && (/\d/.test(name) || name === name.toUpperCase()))
      return `${entity} ${name}`
  }
  return undefined
}

/** Finds which failures belong together (domain rules 3.3.3): one fix per cause, not one per record. */
export function failureFingerprint(failure: FailureTraits): FailureCause {
  const { connectionKind, operation, errorClass, code, message, path } = failure
  const place = path === undefined ? [] : [pattern(path)]
  const parts = [connectionKind, operation, errorClass, code, pattern(message), ...place]
  const fingerprint = parts.join(' | ')
  const incident = incidentByClass[errorClass]
  if (incident === undefined)
    return {
      fingerprint,
      rootPattern: fingerprint,
      rootEntity: failure.entity ?? namedEntity(message),
    }
  return {
    fingerprint,
    rootPattern: `${connectionKind} | ${incident}`,
    rootEntity: `connection ${failure.connectionId}`,
  }
}
