import { type StoryEntry, storySorts } from '../canonical/views/order-story.ts'
import type { Page, PageQuery } from '../canonical/views/page.ts'
import type { Database } from '../store/database.ts'
import { findStoryOrder, listStory, type StoryRow } from '../store/reading/order-story.ts'
import { actorName, proposalOfActor } from './actor-name.ts'

/** The whole story of an order: documents, events, holds, decisions, people, messages and calls in one stream. */
export type OrderStoryService = {
  /** The newest first; undefined when there is no such order. */
  list(question: {
    readonly tenantId: string
    readonly order: string
    readonly sort?: StoryEntry['sort'] | undefined
    /** Messages to and from customers are told only to who may read them. */
    readonly mayReadMessages: boolean
    readonly page: PageQuery
  }): Promise<Page<StoryEntry> | undefined>
}

const hands: readonly (readonly [start: string, hand: StoryEntry['hand']])[] = [
  ['person:', 'person'],
  // Done because a person had approved it.
  ['proposal:', 'person'],
  ['agent:', 'agent'],
  ['key:', 'outside'],
  ['connection:', 'outside'],
]

function handOf({ kind, actor }: StoryRow): StoryEntry['hand'] {
  if (kind === 'mail') return 'outside'
  return hands.find(([start]) => actor?.startsWith(start) === true)?.[1] ?? 'house'
}

const nameOf = (actor: string | null) => (actor === null ? null : actorName(actor))

const named = (kind: string, id: string | null): string[] => (id === null ? [] : [`${kind}:${id}`])

function entryOf(row: StoryRow): StoryEntry {
  const { entryId, at, kind, text, askedBy, documentId } = row
  const proposalId = row.proposalId ?? proposalOfActor(row.actor)
  return {
    ...{ entryId, at, kind, text, documentId },
    ...{ actor: nameOf(row.actor), askedBy: nameOf(askedBy) },
    sort: storySorts.find((sort) => sort === row.sort) ?? 'flow',
    hand: handOf(row),
    records: [
      ...named('proposal', proposalId),
      ...named('cluster', row.clusterId),
      ...named('customer', row.customerNumber),
    ],
  }
}

/** Tells the stories of orders from the store. */
export function orderStoryService({
  database,
}: {
  readonly database: Database
}): OrderStoryService {
  return {
    list: ({ tenantId, order: reference, sort, mayReadMessages, page }) =>
      database.inTenant(tenantId, async (tx) => {
        const order = await findStoryOrder(tx, reference)
        if (order === undefined) return undefined
        const { items, next } = await listStory(tx, { order, sort, mayReadMessages }, page)
        return { items: items.map(entryOf), next }
      }),
  }
}
