import type { ProposalBasis, RecordVersion } from '../../canonical/proposal.ts'
import type { TenantTx } from '../../store/database.ts'
import type { ProposalRow } from '../../store/proposals/proposal-rows.ts'
import { type ApprovalTools, actOf, lookAt } from './approval-desk.ts'
import { recordName, recordText } from './record-words.ts'

type Records = readonly RecordVersion[]

/** The records of an act as they are now, with the reason where it can be done no more. */
async function recordsNow(
  tx: TenantTx,
  tools: Pick<ApprovalTools, 'acts'>,
  row: Pick<ProposalRow, 'kind' | 'payload'>,
): Promise<{ readonly gone: string | null; readonly now: Records | undefined }> {
  const act = actOf(tools, row.kind)
  const sight = await lookAt(tx, act, row.payload)
  if ('picture' in sight) return { gone: null, now: sight.picture.records }
  const payload = act.payload.safeParse(row.payload)
  const now = payload.success ? await act.recordsNow?.(tx, payload.data) : undefined
  return { gone: sight.gone, now }
}

/** What a proposal rests on, as it was when it was made or last changed, and as it is now. */
export async function proposalBasis(
  tx: TenantTx,
  tools: Pick<ApprovalTools, 'acts'>,
  row: Pick<ProposalRow, 'kind' | 'payload' | 'records' | 'money'>,
): Promise<ProposalBasis> {
  const { gone, now } = await recordsNow(tx, tools, row)
  const was = new Map(row.records.map(({ record, version }) => [record, version]))
  const is = new Map((now ?? row.records).map(({ record, version }) => [record, version]))
  const currency = row.money?.currency
  const records = [...new Set([...was.keys(), ...is.keys()])].map((record) => {
    const [before, after] = [was.get(record), is.get(record)]
    return {
      record,
      name: recordName(record),
      before: recordText(record, before, currency),
      now: now === undefined ? null : recordText(record, after, currency),
      isChanged: before !== after,
    }
  })
  const isCurrent = gone === null && records.every(({ isChanged }) => !isChanged)
  return { isCurrent, gone, records }
}
