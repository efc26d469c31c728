/** What makes failures alike. */
export type FailureFacts = {
  readonly connectionKind: string
  readonly connectionId: string
  readonly operation: string
  readonly errorClass: string
  readonly code: string
  readonly message: string
}

/** Which failures have one cause: the pattern they share and the thing at its root. */
export type FailureCause = {
  /** Kind, operation, class, code and message with everything that varies taken out. */
  readonly fingerprint: string
  /** `item 1009`, `customer 35007`, `connection con_…`; undefined when the message names none. */
  readonly rootEntity: string | undefined
}

// Failures of the way to a system and not of a record: the connection itself is the root.
const classesOfConnection = new Set(['TRANSPORT', 'OUTAGE', 'RATE_LIMIT', 'AUTH_EXPIRED'])

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
export function failureFingerprint(failure: FailureFacts): FailureCause {
  const { connectionKind, operation, errorClass, code, message } = failure
  const fingerprint = [connectionKind, operation, errorClass, code, pattern(message)].join(' | ')
  const rootEntity = classesOfConnection.has(errorClass)
    ? `connection ${failure.connectionId}`
    : namedEntity(message)
  return { fingerprint, rootEntity }
}
