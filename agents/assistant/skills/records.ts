import { z } from 'zod'
import { type Finding, finding } from '../../shared/finding.ts'
import type { Investigation } from '../../shared/investigation.ts'
import { look } from '../../shared/investigation.ts'
import { listed } from '../../shared/words.ts'
import type { Asked } from '../understanding/in-context.ts'
import type { Reference, ReferenceKind } from '../understanding/references.ts'

/** How a question is answered: from what was asked, on the clock of the house. */
export type Skill = (asked: Asked, clock: Clock) => Investigation<Finding>

/** Now, and the zone it is told in. */
export type Clock = { readonly now: string; readonly timeZone: string }

/** Which record is meant: one, or an answer that asks back. */
export type Meant = { readonly id: string } | { readonly ask: Finding }

const Orders = z.object({
  items: z.array(
    z.object({
      order_number: z.string(),
      purchase_order_number: z.string(),
      customer_name: z.string().optional(),
      stage: z.string(),
    }),
  ),
})

const mostNamed = 5

/** The references of some kinds, the same one once. */
export function referencesOf(asked: Asked, kinds: readonly ReferenceKind[]): Reference[] {
  const seen = new Set<string>()
  return asked.references.filter(({ kind, text }) => {
    if (!kinds.includes(kind) || seen.has(text)) return false
    seen.add(text)
    return true
  })
}

function* searchOrders(text: string): Investigation<z.output<typeof Orders>['items']> {
  const looked = yield* look({ name: 'order_search', args: { text, limit: mostNamed } }, Orders)
  return looked.outcome === 'found' ? looked.value.items : []
}

/** Other ways the same number may be kept: "order 123" is ours or the buyer's, "4471" may be kept as "PO-4471". */
function otherSpellings(text: string): string[] {
  return [
    ...(/^\d{1,6}$/.test(text) ? [`SO-${text.padStart(6, '0')}`] : []),
    ...(/^PO/.test(text) ? [] : [`PO-${text}`]),
  ]
}

function* ordersBy(text: string): Investigation<z.output<typeof Orders>['items']> {
  for (const spelling of [text, ...otherSpellings(text)]) {
    const found = yield* searchOrders(spelling)
    if (found.length > 0) return found
  }
  return []
}

/** The order that a reference means; of several with the number, the person is asked which. */
export function* findOrder({ kind, text }: Reference): Investigation<Meant> {
  if (kind === 'order') return { id: text }
  const orders = yield* ordersBy(text)
  const [only, ...more] = orders
  if (only === undefined)
    return {
      ask: finding(
        `I find no order with the number ${text}: neither ours nor a purchase order. Is it written as on the order?`,
      ),
    }
  if (more.length === 0) return { id: only.order_number }
  const choices = orders.map(
    ({ order_number, customer_name, stage, purchase_order_number }, place) =>
      `${place + 1}. ${order_number} (PO ${purchase_order_number}, ${customer_name ?? 'customer not known'}, ${stage})`,
  )
  return {
    ask: finding(`Several orders go by ${text}. Which do you mean?\n${choices.join('\n')}`, {
      listed: orders.map(({ order_number }) => `order:${order_number}`),
      questions: orders.slice(0, 3).map(({ order_number }) => `Where is ${order_number}?`),
    }),
  }
}

const Customers = z.object({
  items: z.array(z.object({ customer_number: z.string(), name: z.string() })),
})

type Customer = z.output<typeof Customers>['items'][number]

function* searchCustomers(text: string): Investigation<Customer[]> {
  const looked = yield* look(
    { name: 'customer_search', args: { text, limit: mostNamed } },
    Customers,
  )
  return looked.outcome === 'found' ? looked.value.items : []
}

/** Part of a name that may find what the whole does not: without the form of the company, then its first words. */
function partsOfName(name: string): string[] {
  const bare = name.replace(/[\s,]+(inc|llc|ltd|co|corp|gmbh|company)\.?$/i, '')
  const words = bare.split(' ')
  return [...new Set([name, bare, words.slice(0, 2).join(' '), words[0] ?? ''])].filter(
    (part) => part.length > 2,
  )
}

/** The customer that a name means; of several, the person is asked which. */
function* findCustomerByName(name: string): Investigation<Meant | undefined> {
  for (const part of partsOfName(name)) {
    const found = yield* searchCustomers(part)
    const [only, ...more] = found
    if (only === undefined) continue
    if (more.length === 0) return { id: only.customer_number }
    const choices = found.map(
      ({ customer_number, name: full }, place) => `${place + 1}. ${full} (${customer_number})`,
    )
    return {
      ask: finding(`Several customers match "${part}". Which do you mean?\n${choices.join('\n')}`, {
        listed: found.map(({ customer_number }) => `customer:${customer_number}`),
      }),
    }
  }
  return undefined
}

/**
 * The customer a question names, by number or name; undefined where it names none. An unknown word that nobody is
 * called is only told of where the question is about one customer, or where it is written like a name.
 */
export function* findCustomer(
  asked: Asked,
  { isAboutOne = false }: { readonly isAboutOne?: boolean } = {},
): Investigation<Meant | undefined> {
  const [reference] = referencesOf(asked, ['customer'])
  if (reference !== undefined) return { id: reference.text }
  for (const name of asked.names) {
    const meant = yield* findCustomerByName(name)
    if (meant !== undefined) return meant
  }
  const unknown = asked.names.filter((name) => isAboutOne || /^\p{Lu}/u.test(name))
  if (unknown.length === 0) return undefined
  return {
    ask: finding(
      `I find no customer called ${listed(unknown, 'or')}. Give me a customer number such as C-10001, or another part of the name.`,
    ),
  }
}

/** Asks which order is meant. */
export function whichOrder(why: string): Finding {
  return finding(`${why} Give me an order number such as SO-000123, or a purchase order number.`, {
    questions: ['What must I release before cut-off?', 'Show the newest orders'],
  })
}

/** The orders a question names; what could be anything is taken for one when nothing else is named. */
export function ordersNamed(asked: Asked): Reference[] {
  const named = referencesOf(asked, ['order', 'purchase-order'])
  return named.length > 0 ? named : referencesOf(asked, ['code'])
}

const Own = z.object({ items: z.array(z.object({ order_number: z.string() })) })

/** Of an order nothing is told where the question names a customer whose it is not. */
export function* notTheirs(asked: Asked, order: string): Investigation<Finding | undefined> {
  const customers = referencesOf(asked, ['customer']).map(({ text }) => text)
  if (customers.length === 0 || order.startsWith('ord_')) return undefined
  for (const customer_number of customers) {
    const args = { text: order, customer_number, limit: 1 }
    const own = yield* look({ name: 'order_search', args }, Own)
    if (own.outcome === 'found' && own.value.items.length > 0) return undefined
  }
  const whose = listed(customers, 'or')
  return finding(
    `I find no order ${order} of ${whose}. Ask about ${whose}, or about the order alone.`,
    { questions: [`Credit of ${customers[0] ?? whose}`, `Where is ${order}?`] },
  )
}

const mostAtOnce = 3

/** Answers about each order that a question names, in the order they were named. */
export function* aboutOrders(
  asked: Asked,
  why: string,
  about: (order: string) => Investigation<Finding>,
): Investigation<Finding[]> {
  const named = ordersNamed(asked)
  const references = named.length > 0 ? named : referencesOf(asked, ['sku'])
  if (references.length === 0) return [whichOrder(why)]
  const found: Finding[] = []
  for (const reference of references.slice(0, mostAtOnce)) {
    const meant = yield* findOrder(reference)
    if ('ask' in meant) found.push(meant.ask)
    else found.push((yield* notTheirs(asked, meant.id)) ?? (yield* about(meant.id)))
  }
  if (references.length > mostAtOnce)
    found.push(finding(`I look at ${mostAtOnce} orders at a time; ask again for the others.`))
  return found
}
