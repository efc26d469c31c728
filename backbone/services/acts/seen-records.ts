import type { RecordVersion } from '../../canonical/proposal.ts'
import type { ActOutcome } from './act.ts'

/** A refusal as an act gives it. */
export const refusedAct = (message: string): ActOutcome => ({ status: 'refused', message })

/** A record that is not as whoever decided saw it; undefined where all are, or nobody looked. */
export function changedRecord(
  seen: readonly RecordVersion[] | undefined,
  now: readonly RecordVersion[],
): string | undefined {
  if (seen === undefined) return undefined
  const was = new Map(seen.map(({ record, version }) => [record, version]))
  return now.find(({ record, version }) => was.get(record) !== version)?.record
}
