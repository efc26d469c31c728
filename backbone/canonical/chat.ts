import { z } from 'zod'
import { IsoMoment } from './document.ts'
import { ActKind, MoneyAtStake, ProposalStatus } from './proposal.ts'

/** What a tool found, as a table under the answer; every value is a record's, none a model's. */
export const EvidenceTable = z
  .object({
    title: z.string(),
    tool: z.string(),
    columns: z.array(z.string()),
    rows: z.array(z.array(z.string())),
    asOf: IsoMoment,
  })
  .meta({ id: 'EvidenceTable' })
export type EvidenceTable = z.infer<typeof EvidenceTable>

/** A record an answer rests on. */
export const Citation = z
  .object({ label: z.string(), record: z.string(), asOf: IsoMoment })
  .meta({ id: 'Citation' })
export type Citation = z.infer<typeof Citation>

/** A proposal as a card in the chat; it is decided at the inbox, not here. */
export const ProposalCard = z
  .object({
    proposalId: z.string(),
    kind: ActKind,
    title: z.string(),
    status: ProposalStatus,
    money: MoneyAtStake.nullable(),
    expiresAt: IsoMoment,
  })
  .meta({ id: 'ProposalCard' })
export type ProposalCard = z.infer<typeof ProposalCard>

/** One server-sent event of an answer. */
export const ChatEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('thread'), threadId: z.string(), messageId: z.string() }),
    /** Whether a language model words this answer, or rules and templates do, and why. */
    z.object({ type: z.literal('mode'), mode: z.enum(['model', 'rules']), note: z.string() }),
    z.object({ type: z.literal('text'), text: z.string() }),
    z.object({ type: z.literal('evidence'), table: EvidenceTable }),
    z.object({ type: z.literal('citation'), citation: Citation }),
    z.object({ type: z.literal('proposal'), card: ProposalCard }),
    z.object({ type: z.literal('suggestions'), questions: z.array(z.string()) }),
    z.object({ type: z.literal('done'), runId: z.string() }),
    z.object({ type: z.literal('error'), message: z.string() }),
  ])
  .meta({ id: 'ChatEvent' })
export type ChatEvent = z.infer<typeof ChatEvent>
