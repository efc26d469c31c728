import type { FailureClass } from '../../canonical/failures/failure-class.ts'
import type { RootCause } from './cluster-failures.ts'
import type { TriageSettings } from './triage-settings.ts'

/** Something that was changed and may be why calls fail since. */
export type Change = {
  readonly kind: 'master-data' | 'connection' | 'policy' | 'deployment' | 'signature'
  /** What was changed: `products:1009`, `connection:con_…`, `policy:pricing`, `version:0.4.1`. */
  readonly subject: string
  readonly at: string
  readonly actor: string
  readonly summary: string
  /** Other names of the thing, by which a message may call it. */
  readonly alsoKnownAs: readonly string[]
}

/** A change listed as a suspect, with why. */
export type Suspect = Change & {
  /** `root` names the thing at the root, `path` is on the way of the failed calls, `time` was only near in time. */
  readonly relation: 'root' | 'path' | 'time'
  readonly minutesBefore: number
  readonly text: string
}

const entityKinds: Readonly<Record<string, readonly string[]>> = {
  item: ['products', 'price-lists', 'stock'],
  customer: ['customers', 'agreements'],
}

// Which changes can break what: a price list does not cut a line, a new secret does not make an item unknown.
const kindsByClass: Readonly<Partial<Record<FailureClass, readonly Change['kind'][]>>> = {
  TRANSPORT: ['connection', 'deployment'],
  OUTAGE: ['connection', 'deployment'],
  RATE_LIMIT: ['connection', 'deployment', 'policy'],
  AUTH_EXPIRED: ['connection', 'deployment'],
  PERMISSION: ['connection', 'deployment'],
}

function relationOf(
  change: Change,
  cause: RootCause,
  errorClass: FailureClass,
): Suspect['relation'] | undefined {
  const [entityKind, entity] = splitAt(cause.rootEntity ?? '', ' ')
  const [plural, id] = splitAt(change.subject, ':')
  if (entity !== '' && [id, ...change.alsoKnownAs].includes(entity)) return 'root'
  const allowed = kindsByClass[errorClass]
  if (allowed !== undefined && !allowed.includes(change.kind)) return undefined
  switch (change.kind) {
    case 'connection':
      return cause.calls.some((call) => call.connectionId === id) ? 'path' : undefined
    case 'master-data':
      // Another item's own record does not make this one unknown; a bulk load may have touched it.
      return id === '' && (entityKinds[entityKind]?.includes(plural) ?? true) ? 'time' : undefined
    case 'deployment':
      return 'path'
    case 'policy':
    case 'signature':
      return 'time'
  }
}

function splitAt(text: string, separator: string): [before: string, after: string] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}

const relationOrder = ['root', 'path', 'time'] as const

const relationWords: Readonly<Record<Suspect['relation'], string>> = {
  root: 'it is the very thing the failures name',
  path: 'it is on the way of the failed calls',
  time: 'it was near in time',
}

function agoWords(minutes: number): string {
  if (minutes === 0) return 'Less than a minute'
  return minutes === 1 ? '1 minute' : `${minutes} minutes`
}

// The record says what somebody is before their name: `person:Ada Admin`.
const nameOf = ({ actor }: Change) => actor.replace(/^person:/, '')

/**
 * Lists the changes in the hours before a cause's first failure as suspects, the most telling first: the thing at the
 * root, then what is on the way, then what was only near in time (domain rules 3.3.3, change correlation).
 */
export function suspectsOf(
  cause: RootCause,
  changes: readonly Change[],
  { errorClass, settings }: { errorClass: FailureClass; settings: TriageSettings },
): Suspect[] {
  const firstAt = Math.min(...cause.calls.map((call) => Date.parse(call.failedAt)))
  const fromAt = firstAt - settings.suspectHours * 3_600_000
  return changes
    .flatMap((change): Suspect[] => {
      const at = Date.parse(change.at)
      if (at > firstAt || at < fromAt) return []
      const relation = relationOf(change, cause, errorClass)
      if (relation === undefined) return []
      const minutesBefore = Math.floor((firstAt - at) / 60_000)
      const text = `${change.summary} ${agoWords(minutesBefore)} before the first failure, by ${nameOf(change)}; ${relationWords[relation]}.`
      return [{ ...change, relation, minutesBefore, text: text.slice(0, 500) }]
    })
    .toSorted(
      (a, b) =>
        relationOrder.indexOf(a.relation) - relationOrder.indexOf(b.relation) ||
        Date.parse(b.at) - Date.parse(a.at) ||
        (a.subject < b.subject ? -1 : 1),
    )
    .slice(0, settings.mostSuspects)
}
