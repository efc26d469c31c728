import type { OrderView } from '../../backbone/canonical/views/order-view.ts'
import type { SandboxClient } from '../../backbone/connectors/sandbox/client.ts'
import type { DemoBooks, Outcome } from './outcome.ts'

/** The closing figures of the demo. */
export type DemoCounts = {
  readonly received: number
  readonly accepted: number
  readonly rejected: number
  readonly duplicates: number
  readonly released: number
  readonly held: number
  readonly shipped: number
  readonly invoiced: number
  readonly paid: number
  readonly failed_transactions: number
  readonly lost: number
  readonly duplicated_effects: number
}

/** What the sandbox systems did: how often under each natural key, and how many effects were one too many. */
type SandboxBooks = {
  readonly effects: ReadonlyMap<string, number>
  readonly duplicatedEffects: number
}

/** Reads the sandbox's own count of every effect. */
async function readSandboxBooks(sandbox: SandboxClient): Promise<SandboxBooks> {
  const effects = new Map<string, number>()
  let after: number | undefined = 0
  let duplicatedEffects = 0
  while (after !== undefined) {
    const page: Awaited<ReturnType<SandboxClient['effects']>> = await sandbox.effects(after)
    for (const { system, key } of page.effects) {
      const name = `${system} ${key}`
      effects.set(name, (effects.get(name) ?? 0) + 1)
    }
    duplicatedEffects = page.duplicatedEffects
    after = page.next
  }
  return { effects, duplicatedEffects }
}

function isSecondSending({ answer, receipt }: Outcome): boolean {
  const documents = receipt?.documents ?? []
  const areAllKnown =
    documents.length > 0 && documents.every((document) => document.status === 'duplicate')
  return answer === 'duplicate' || areAllKnown
}

const isTaken = ({ answer }: Outcome) => answer === 'accepted' || answer === 'partly'

/** What is wrong with one accepted sending: it stands where nobody will ever look at it again. */
function lossOfSending({ sent, receipt }: Outcome): string[] {
  if (sent.answer.status >= 300) return []
  const name = `${sent.place} ${sent.sending.file}`
  if (receipt === undefined) return [`${name}: its receipt is gone`]
  if (receipt.status === 'accepted') return [`${name}: was never read`]
  return receipt.documents
    .filter(({ status }) => status === 'pending')
    .map(({ docType, number }) => `${name}: ${docType} ${number} was never applied`)
}

function lossOfOrder(order: OrderView, effects: SandboxBooks['effects']): string[] {
  const once = (key: string) => effects.get(key) === 1
  const name = `order ${order.orderNumber}`
  const isMissing = order.releasedAt !== null && !once(`erp order:${order.orderNumber}`)
  return [
    ...(isMissing ? [`${name}: released, but not once at the ERP`] : []),
    ...order.invoices
      .filter(({ invoiceNumber }) => !once(`erp invoice:${invoiceNumber}`))
      .map(({ invoiceNumber }) => `${name}: invoice ${invoiceNumber} is not once at the ERP`),
    ...order.picks
      .filter(({ pickNumber }) => !once(`wms pick:${pickNumber}`))
      .map(({ pickNumber }) => `${name}: pick ${pickNumber} is not once at the warehouse`),
  ]
}

const isHeld = ({ holds, stage }: OrderView) =>
  stage !== 'cancelled' &&
  holds.some(({ releasedAt, blocks }) => releasedAt === null && blocks.includes('release'))

/** Counts, and holds our books against the sandbox's: what is lost is named. */
export async function countUp(
  { outcomes, orders, calls }: DemoBooks,
  sandbox: SandboxClient,
): Promise<{ counts: DemoCounts; losses: readonly string[] }> {
  const { effects, duplicatedEffects } = await readSandboxBooks(sandbox)
  const losses = [
    ...outcomes.flatMap(lossOfSending),
    ...orders.flatMap((order) => lossOfOrder(order, effects)),
  ]
  const duplicates = outcomes.filter(isSecondSending).length
  const accepted = outcomes.filter((one) => isTaken(one) && !isSecondSending(one)).length
  const countOf = (isMeant: (order: OrderView) => boolean) => orders.filter(isMeant).length
  return {
    counts: {
      received: outcomes.length,
      accepted,
      rejected: outcomes.length - accepted - duplicates,
      duplicates,
      released: countOf(({ releasedAt }) => releasedAt !== null),
      held: countOf(isHeld),
      shipped: countOf(({ shipments }) => shipments.length > 0),
      invoiced: countOf(({ invoices }) => invoices.length > 0),
      paid: countOf(({ stage }) => stage === 'paid' || stage === 'closed'),
      failed_transactions: calls.filter(({ status }) => status === 'failed').length,
      lost: losses.length,
      duplicated_effects: duplicatedEffects,
    },
    losses,
  }
}
