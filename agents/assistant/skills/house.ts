import { z } from 'zod'
import { Money } from '../../../tools/wire/money.ts'
import { WireProposal } from '../../../tools/wire/proposal.ts'
import { finding } from '../../shared/finding.ts'
import { look } from '../../shared/investigation.ts'
import { asOfText, counted, localDay, localTime } from '../../shared/words.ts'
import { type Clock, findCustomer, referencesOf, type Skill } from './records.ts'

const Partners = z.object({
  as_of: z.string(),
  since: z.string(),
  wanted_share: z.number(),
  items: z.array(
    z.object({
      partner_id: z.string().optional(),
      promise: z.string(),
      name: z.string().optional(),
      kept: z.int(),
      broken: z.int(),
      running: z.int(),
      running_late: z.int(),
      expected_late: z.int(),
      next_breach_at: z.string().optional(),
      is_below_target: z.boolean(),
    }),
  ),
})
type Partner = z.output<typeof Partners>['items'][number]

function partnerWords(row: Partner, place: number, { timeZone }: Clock): string {
  const {
    partner_id,
    name,
    promise,
    kept,
    broken,
    running,
    running_late,
    expected_late,
    next_breach_at,
  } = row
  const who = name ?? partner_id ?? 'orders of no known partner'
  const late = running_late === 0 ? '' : `, ${running_late} of them late already`
  const expected = expected_late === 0 ? '' : `, ${expected_late} expected late at the pace of now`
  const next =
    next_breach_at === undefined
      ? ''
      : ` The next is broken at ${localTime(next_breach_at, timeZone)}.`
  return `${place + 1}. ${who}, ${promise}: ${broken} broken, ${kept} kept, ${running} running${late}${expected}.${next}`
}

/** Which partner breaks its SLA? */
export const partnerSla: Skill = function* (_, clock) {
  const looked = yield* look({ name: 'partner_sla', args: {} }, Partners)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, since, as_of: asOf } = looked.value
  const bad = items.filter(
    ({ is_below_target, broken, expected_late }) =>
      is_below_target || broken > 0 || expected_late > 0,
  )
  const from = localDay(since, clock.timeZone)
  if (bad.length === 0)
    return finding(
      `No promise with any partner was broken since ${from} or is expected to be. ${asOfText(asOf, clock.timeZone)}`,
    )
  const below = bad.filter(({ is_below_target }) => is_below_target)
  return finding(
    [
      below.length === 0
        ? `Promises were broken since ${from}, yet none with a partner falls below its target:`
        : `Below the target since ${from}, the worst first:`,
      ...(below.length === 0 ? bad : below).map((row, place) => partnerWords(row, place, clock)),
      asOfText(asOf, clock.timeZone),
    ].join('\n'),
    { questions: ['What must I release before cut-off?', 'Are all connections working?'] },
  )
}

const Health = z.object({
  as_of: z.string(),
  connections: z.int(),
  troubled: z.int(),
  items: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      is_enabled: z.boolean(),
      circuit: z.string(),
      consecutive_failures: z.int(),
      last_succeeded_at: z.string().optional(),
      last_failed_at: z.string().optional(),
    }),
  ),
})
type Connection = z.output<typeof Health>['items'][number]

function connectionWords(connection: Connection, { timeZone }: Clock): string {
  const {
    name,
    kind,
    is_enabled,
    circuit,
    consecutive_failures,
    last_succeeded_at,
    last_failed_at,
  } = connection
  const state = is_enabled ? `circuit ${circuit}` : 'switched off'
  const failures =
    consecutive_failures === 0 ? '' : `, ${counted(consecutive_failures, 'failure')} in a row`
  const last =
    last_failed_at === undefined ? '' : `, last failed ${localTime(last_failed_at, timeZone)}`
  const worked =
    last_succeeded_at === undefined ? '' : `, last worked ${localTime(last_succeeded_at, timeZone)}`
  return `- ${name} (${kind}): ${state}${failures}${last}${worked}.`
}

/** Whether the connections work. */
export const health: Skill = function* (_, clock) {
  const looked = yield* look({ name: 'integration_health', args: { limit: 50 } }, Health)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, connections, troubled, as_of: asOf } = looked.value
  const bad = items.filter(
    ({ is_enabled, circuit, consecutive_failures }) =>
      !is_enabled || circuit === 'open' || circuit === 'half-open' || consecutive_failures > 0,
  )
  return finding(
    [
      troubled === 0
        ? `All ${counted(connections, 'connection')} work; none fails or is switched off.`
        : `${troubled} of ${counted(connections, 'connection')} need a look:`,
      ...bad.map((connection) => connectionWords(connection, clock)),
      asOfText(asOf, clock.timeZone),
    ].join('\n'),
    { questions: ['What failed since yesterday and what fixes most?'] },
  )
}

const Rate = z.object({ rate: z.number().optional(), count: z.int(), of: z.int() })
const Figures = z.object({
  as_of: z.string(),
  since: z.string(),
  until: z.string(),
  orders_received: z.int(),
  touchless: Rate,
  first_pass: Rate,
  exceptions: Rate,
  perfect_orders: Rate,
  acknowledged_on_time: Rate,
})

const rateWords = (name: string, { rate, count, of }: z.output<typeof Rate>): string =>
  rate === undefined
    ? `- ${name}: nothing to count.`
    : `- ${name}: ${Math.round(rate * 10_000) / 100} % (${count} of ${of}).`

/** The figures of the house. */
export const figures: Skill = function* (asked, { timeZone }) {
  const args = asked.span === undefined ? {} : { since: localDay(asked.span.since, timeZone) }
  const looked = yield* look({ name: 'kpi_summary', args }, Figures)
  if (looked.outcome === 'refused') return finding(looked.why)
  const kpi = looked.value
  return finding(
    [
      `From ${kpi.since} to ${kpi.until}, ${counted(kpi.orders_received, 'order')}:`,
      rateWords('touchless', kpi.touchless),
      rateWords('first pass', kpi.first_pass),
      rateWords('with an exception', kpi.exceptions),
      rateWords('perfect orders', kpi.perfect_orders),
      rateWords('acknowledged on time', kpi.acknowledged_on_time),
      asOfText(kpi.as_of, timeZone),
    ].join('\n'),
    { questions: ['Which partner breaks its SLA?'] },
  )
}

const Proposals = z.object({ as_of: z.string(), items: z.array(WireProposal) })
const Proposal = z.object({
  as_of: z.string(),
  ...WireProposal.shape,
  policy_reasons: z.array(z.string()).default([]),
  result: z.string().optional(),
})

type ProposalRow = z.output<typeof WireProposal>

function proposalWords(row: ProposalRow, { timeZone }: Clock): string {
  const {
    summary,
    subject,
    money,
    status,
    required_role,
    requested_by,
    expires_at,
    needs_other_person,
  } = row
  const about = summary.includes(subject) ? '' : ` (${subject})`
  const at = money === undefined ? '' : `, ${money.text}`
  const other = needs_other_person ? `, somebody other than ${requested_by}` : ''
  return status === 'requires_review'
    ? `${summary}${about}${at}: waits for ${required_role}${other} until ${localTime(expires_at, timeZone)}; asked for by ${requested_by}.`
    : `${summary}${about}${at}: ${status}; asked for by ${requested_by}.`
}

/** What waits for a decision, or how one proposal stands. */
export const approvals: Skill = function* (asked, clock) {
  const [named] = referencesOf(asked, ['proposal'])
  if (named !== undefined) {
    const looked = yield* look(
      { name: 'proposal_get', args: { proposal_id: named.text } },
      Proposal,
    )
    if (looked.outcome === 'refused') return finding(looked.why)
    const { policy_reasons, result, as_of } = looked.value
    const reasons = policy_reasons.slice(0, 3).join(' ')
    return finding(
      [
        proposalWords(looked.value, clock),
        ...(reasons === '' ? [] : [reasons]),
        ...(result === undefined ? [] : [`What became of it: ${result}`]),
        asOfText(as_of, clock.timeZone),
      ].join('\n'),
    )
  }
  const looked = yield* look(
    { name: 'proposal_search', args: { status: 'requires_review', limit: 10 } },
    Proposals,
  )
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, as_of: asOf } = looked.value
  const opening =
    items.length === 0
      ? 'Nothing waits for a decision.'
      : `${counted(items.length, 'proposal')} ${items.length === 1 ? 'waits' : 'wait'} for a person; decisions are made in the inbox, not here:`
  return finding(
    [
      opening,
      ...items.map((row, place) => `${place + 1}. ${proposalWords(row, clock)}`),
      asOfText(asOf, clock.timeZone),
    ].join('\n'),
    { listed: items.map(({ proposal_id }) => `proposal:${proposal_id}`) },
  )
}

const Orders = z.object({
  as_of: z.string(),
  items: z.array(
    z.object({
      order_number: z.string(),
      purchase_order_number: z.string(),
      customer_name: z.string().optional(),
      stage: z.string(),
      holds: z.array(z.string()),
      total: Money,
      received_at: z.string(),
    }),
  ),
  next_cursor: z.string().optional(),
})

/** Orders of a customer or a time, the newest first. */
export const orders: Skill = function* (asked, { timeZone }) {
  const customer = yield* findCustomer(asked, { isAboutOne: true })
  if (customer !== undefined && 'ask' in customer) return customer.ask
  const args = {
    limit: 10,
    ...(customer === undefined ? {} : { customer_number: customer.id }),
    ...(asked.span === undefined ? {} : { received_since: asked.span.since }),
  }
  const looked = yield* look({ name: 'order_search', args }, Orders)
  if (looked.outcome === 'refused') return finding(looked.why)
  const { items, as_of: asOf, next_cursor: next } = looked.value
  const whose = customer === undefined ? '' : ` of ${customer.id}`
  const when = asked.span === undefined ? '' : ` since ${localTime(asked.span.since, timeZone)}`
  if (items.length === 0) return finding(`No orders${whose}${when}. ${asOfText(asOf, timeZone)}`)
  return finding(
    [
      `${next === undefined ? counted(items.length, 'order') : `The newest ${items.length} orders`}${whose}${when}:`,
      ...items.map(
        (order, place) =>
          `${place + 1}. ${order.order_number} (PO ${order.purchase_order_number}, ${order.customer_name ?? 'customer not known'}, ${order.total.text}): ${order.stage}${order.holds.length === 0 ? '' : `, held for ${order.holds.join(', ')}`}, received ${localTime(order.received_at, timeZone)}.`,
      ),
      asOfText(asOf, timeZone),
    ].join('\n'),
    {
      questions: items.slice(0, 2).map(({ order_number }) => `Where is ${order_number}?`),
      listed: items.map(({ order_number }) => `order:${order_number}`),
    },
  )
}
