import { OrderCheck } from '../../backbone/services/ports.ts'
import type { Api } from '../../bench/house/furnish.ts'
import type { GradedOrder } from './generate.ts'
import { ambiguous, type ErrorKind, errorKindOf } from './kinds.ts'
import type { Graded, Said } from './score.ts'

type Finding = OrderCheck['findings'][number]

/** The kinds an ambiguous finding names, each once: every explanation is evidence for it and says its kind. */
function kindsNamed(finding: Finding): ErrorKind[] {
  const named = (finding.evidence ?? []).flatMap(({ weighs, values }) =>
    weighs === 'for' ? (errorKindOf(String(values?.['kind'])) ?? []) : [],
  )
  return [...new Set(named)].sort()
}

type Label = ErrorKind | typeof ambiguous

/** A kind somebody is told of, with the money it moves. */
type Heard = { readonly label: Label; readonly minor?: number; readonly mayBe?: ErrorKind[] }

const labelOf = (name: string): Label | undefined =>
  name === ambiguous ? ambiguous : errorKindOf(name)

function inFindings(check: OrderCheck): Heard[] {
  return check.findings.flatMap((finding) => {
    const label = labelOf(finding.kind)
    if (label === undefined) return []
    return {
      label,
      ...(finding.deltaMinor === undefined ? {} : { minor: finding.deltaMinor }),
      ...(label === ambiguous ? { mayBe: kindsNamed(finding) } : {}),
    }
  })
}

/** What the rules decided by themselves: nobody has to see it, so it is no finding. */
function inDecisions(check: OrderCheck, found: ReadonlySet<Label>): Heard[] {
  return check.decisions.flatMap(({ kind, money }) => {
    const label = labelOf(kind)
    if (label === undefined || label === ambiguous || found.has(label)) return []
    return { label, ...(money === undefined ? {} : { minor: money.amountMinor }) }
  })
}

/** Reads the answer of a check as a person would: its findings, and what the rules decided without one. */
export function saidBy(check: OrderCheck): Said {
  const found = inFindings(check)
  const heard = [...found, ...inDecisions(check, new Set(found.map(({ label }) => label)))]
  const deltas: Partial<Record<Label, number>> = {}
  for (const { label, minor } of heard)
    if (minor !== undefined) deltas[label] = (deltas[label] ?? 0) + minor
  const kinds = heard.flatMap(({ label }) => (label === ambiguous ? [] : [label]))
  return {
    kinds: [...new Set(kinds)],
    ambiguities: heard.flatMap(({ mayBe }) => (mayBe === undefined ? [] : [mayBe])),
    deltas,
    goesOn: check.wouldBecome === 'ready' && check.holds.length === 0,
  }
}

// As many at once as keep the product busy; it answers one after the other anyway.
const atOnce = 8

/** Asks what would become of each order. */
export async function askAll(
  api: Api,
  orders: readonly GradedOrder[],
  answered: (order: GradedOrder, check: OrderCheck) => void = () => undefined,
): Promise<Graded[]> {
  const graded: Graded[] = []
  const waiting = orders.map((order, index) => ({ order, index })).reverse()
  async function work(): Promise<void> {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { order, index } = next
      const check = OrderCheck.parse(await api.send('POST', '/v1/orders/check', order.document))
      answered(order, check)
      const { id, variants, truth } = order
      graded[index] = { id, variants, truth, said: saidBy(check) }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return graded
}
