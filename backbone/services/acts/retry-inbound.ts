import type { Evidence } from '../../canonical/decision.ts'
import type { Change } from '../../canonical/proposal.ts'
import { type AsideFate, asideFate } from '../../policies/triage/inbound-replay.ts'
import type { TenantTx } from '../../store/database.ts'
import { type AsideStanding, readAsides } from '../../store/triage/asides.ts'

/** A document in quarantine that somebody wants read again, and what becomes of it. */
export type JudgedAside = {
  readonly aside: AsideStanding
  readonly isOpen: boolean
  readonly fate: AsideFate
}

/** Looks at documents in quarantine as they stand now; ids of calls mean none. */
export async function judgedAsides(tx: TenantTx, ids: readonly string[]): Promise<JudgedAside[]> {
  const asides = await readAsides(
    tx,
    ids.filter((id) => id.startsWith('qrn_')),
  )
  return asides.map((aside) => ({
    aside,
    isOpen: aside.status === 'open',
    fate: asideFate(aside),
  }))
}

/** Whether a document is read again. */
export const isReadAgain = ({ isOpen, fate }: JudgedAside) => isOpen && fate.fate === 'read-again'

/** Whether anything becomes of a document: it is read again, or left out for good. */
export const isDecided = ({ isOpen, fate }: JudgedAside) => isOpen && fate.fate !== 'for-person'

/** Why a document is not read again; nothing when it is. */
function asideObstacle({ aside, isOpen, fate }: JudgedAside): string | undefined {
  if (!isOpen) return `It is ${aside.status} already.`
  return fate.fate === 'read-again' ? undefined : fate.reason
}

/** The name of a document in quarantine for people. */
export const asideName = ({ aside: { operation, naturalKey } }: JudgedAside) =>
  `${operation} for ${naturalKey}`

/** What the proposal says becomes of a document. */
export function asideChange(judged: JudgedAside): Change {
  const { kind, reason } = judged.aside
  return {
    label: asideName(judged).slice(0, 120),
    before: `set aside (${kind}): ${reason}`.slice(0, 500),
    after:
      asideObstacle(judged) ??
      'read again through the usual door; what fails again is set aside with its new reason',
  }
}

/** What speaks against reading documents again. */
export function asideEvidence(judged: readonly JudgedAside[]): Evidence[] {
  return judged.flatMap((one) => {
    const obstacle = asideObstacle(one)
    if (obstacle === undefined) return []
    const text = `${asideName(one)} is not read again. ${obstacle}`.slice(0, 500)
    return [{ weighs: 'against' as const, text, source: `quarantine:${one.aside.quarantineId}` }]
  })
}
