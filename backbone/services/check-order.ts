import { newId } from '../canonical/ids.ts'
import type { Order } from '../canonical/order.ts'
import { discountOn } from '../canonical/order-amounts.ts'
import {
  activeHolds,
  type OrderLineState,
  type OrderState,
  wantedEach,
} from '../canonical/order-state.ts'
import { tellAlternatives } from '../flows/alternatives-for.ts'
import { orderFromDocument } from '../flows/apply/order-from-document.ts'
import { type CheckDecision, type FlowSetting, openFlowSetting } from '../flows/flow-setting.ts'
import { openOrderBatch } from '../flows/order-batch.ts'
import { checkSteps } from '../flows/order-to-cash.ts'
import { startStepClock } from '../flows/step-clock.ts'
import { supplyLeft } from '../flows/supply-left.ts'
import {
  atpTimeline,
  promisableOn,
  type SupplyPicture,
} from '../policies/availability/available-to-promise.ts'
import type { Database, TenantTx } from '../store/database.ts'
import { answerAndUndo } from './answer-and-undo.ts'
import type { CheckOrder, OrderCheck } from './ports.ts'

// The order stands last among all of its number, whoever asks.
const numberOfQuestion = '~'

function orderInQuestion(order: Order, setting: FlowSetting): OrderState {
  const question = {
    documentId: newId('doc'),
    receiptId: null,
    connectionId: 'order-check',
    partnerId: null,
    status: 'pending' as const,
    streamKey: 'order-check',
    orderSeq: 1,
    waitsFor: null,
    traceParent: null,
    receivedAt: setting.now,
    canonical: order,
  }
  return orderFromDocument(question, order, numberOfQuestion, setting)
}

function lineAnswer(
  line: OrderLineState,
  pictures: readonly SupplyPicture[],
  { today }: FlowSetting,
): OrderCheck['lines'][number] {
  const promisableEach = pictures.map((picture) => promisableOn(atpTimeline(picture, today), today))
  return {
    line: line.line,
    sku: line.sku ?? null,
    quantityEach: line.orderedEach,
    unitPrice: line.unitPrice ?? null,
    priceSource: line.priceSource ?? null,
    lineAmountMinor: line.lineAmountMinor,
    discountMinor: discountOn(line, wantedEach(line)),
    availableEach: line.sku === undefined ? null : Math.max(0, ...promisableEach),
    promisedOn: line.promisedOn ?? null,
  }
}

function decisionAnswer(heard: CheckDecision): OrderCheck['decisions'][number] {
  const { policy, line, decision, kind, money, policyVersion } = heard
  const evidence = [...heard.evidence]
  const alternatives = [...heard.alternatives]
  const told = { policy, decision, kind, evidence, alternatives, policyVersion }
  if (line === undefined) return money === undefined ? told : { ...told, money }
  return money === undefined ? { ...told, line } : { ...told, line, money }
}

function answerOf(
  order: OrderState,
  pictures: ReadonlyMap<string, readonly SupplyPicture[]>,
  heard: readonly CheckDecision[],
  setting: FlowSetting,
): OrderCheck {
  return {
    wouldBecome: order.stage,
    customerNumber: order.customerNumber ?? null,
    currency: order.currency,
    totalMinor: order.totalMinor,
    lines: order.lines.map((line) => lineAnswer(line, pictures.get(line.sku ?? '') ?? [], setting)),
    holds: activeHolds(order).map(({ type, line, blocks, reason }) => ({
      type,
      ...(line === undefined ? {} : { line }),
      blocks: [...blocks],
      reason,
    })),
    findings: order.findings.map(({ lines, evidence, alternatives, ...finding }) => ({
      ...finding,
      ...(lines === undefined ? {} : { lines: [...lines] }),
      ...(evidence === undefined ? {} : { evidence: [...evidence] }),
      ...(alternatives === undefined ? {} : { alternatives: [...alternatives] }),
    })),
    decisions: heard.map(decisionAnswer),
  }
}

async function checked(
  tx: TenantTx,
  order: Order,
  onStepPart: FlowSetting['onStepPart'],
): Promise<OrderCheck> {
  const heard: CheckDecision[] = []
  const onDecision = (decision: CheckDecision) => heard.push(decision)
  const setting = await openFlowSetting(tx, { onDecision, onStepPart, isDryRun: true })
  const batch = openOrderBatch(setting, [])
  const question = orderInQuestion(order, setting)
  batch.decide({ order: question, events: [] })
  for (const step of checkSteps) await step.run(tx, batch)
  const after = batch.find((candidate) => candidate.orderId === question.orderId) ?? question
  const clock = startStepClock({ step: 'answer-check', orders: 1 }, setting.onStepPart)
  await tellAlternatives(tx, after, setting)
  const skus = after.lines.flatMap((line) => line.sku ?? [])
  const pictures = await supplyLeft(tx, skus, { orderId: after.orderId, setting })
  clock.turnTo('decide')
  const answer = answerOf(after, pictures, heard, setting)
  clock.end()
  return answer
}

/**
 * Opens the dry run: the flow's own checks in a transaction that is always rolled back. Who listens is told how
 * long the parts of each step took.
 */
export function checkOrder({
  database,
  onStepPart = () => undefined,
}: {
  readonly database: Database
  readonly onStepPart?: FlowSetting['onStepPart']
}): CheckOrder {
  return ({ tenantId, order }) =>
    answerAndUndo(database, tenantId, (tx) => checked(tx, order, onStepPart))
}
