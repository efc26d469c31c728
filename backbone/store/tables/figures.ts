import {
  bigint,
  boolean,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
} from 'drizzle-orm/pg-core'
import { moment } from './columns.ts'

/** What one order contributes to the figures of its period; written anew when its events have gone on. */
export const orderFigureTable = pgTable(
  'order_figure',
  {
    tenantId: text('tenant_id').notNull(),
    orderId: text('order_id').notNull(),
    partnerId: text('partner_id'),
    receivedAt: moment('received_at').notNull(),
    isTouchless: boolean('is_touchless').notNull(),
    exceptions: integer('exceptions').notNull(),
    /** Absent until the acknowledgement is sent or overdue. */
    isAcknowledgedOnTime: boolean('is_acknowledged_on_time'),
    /** The four parts of a perfect order; absent until everything is delivered. */
    isOnTime: boolean('is_on_time'),
    isComplete: boolean('is_complete'),
    isUndamaged: boolean('is_undamaged'),
    hasRightDocuments: boolean('has_right_documents'),
    /** Seconds of each stretch of its way that it has behind it. */
    validating: doublePrecision('validating'),
    releasing: doublePrecision('releasing'),
    shipping: doublePrecision('shipping'),
    invoicing: doublePrecision('invoicing'),
    paying: doublePrecision('paying'),
    orderCycle: doublePrecision('order_cycle'),
    orderToInvoice: doublePrecision('order_to_invoice'),
    /** Human acts before the invoice by their kind; absent where there were none. */
    touches: jsonb('touches'),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.orderId] }),
    index('order_figure_by_received').on(table.tenantId, table.receivedAt),
  ],
)

/** Up to which event the orders' figures are written, and how far back into the time before the first round. */
export const figureProgressTable = pgTable('figure_progress', {
  tenantId: text('tenant_id').primaryKey(),
  upToEventId: bigint('up_to_event_id', { mode: 'number' }).notNull(),
  /** Orders received before are not written yet, as far as they have stood still since; absent when all are. */
  backTo: moment('back_to'),
  at: moment('at').notNull().defaultNow(),
})

/** A day whose documents are counted. */
export const figureDayTable = pgTable(
  'figure_day',
  {
    tenantId: text('tenant_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    countedAt: moment('counted_at').notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.day] })],
)

/** Documents of one kind that one connection exchanged on a day. */
export const documentFigureTable = pgTable(
  'document_figure',
  {
    tenantId: text('tenant_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    direction: text('direction').notNull(),
    connectionId: text('connection_id').notNull(),
    docType: text('doc_type').notNull(),
    documents: integer('documents').notNull(),
    /** Of those that came in: valid at first processing. Of those that went out: delivered. */
    passed: integer('passed').notNull(),
    /** Test documents among them that passed. */
    tests: integer('tests').notNull().default(0),
  },
  (table) => [
    primaryKey({
      columns: [table.tenantId, table.day, table.direction, table.connectionId, table.docType],
    }),
  ],
)
