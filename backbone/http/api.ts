import type { ChatApi } from './routes/chat.ts'
import type { CollectionsApi } from './routes/collections.ts'
import type { CollectionsDeskApi } from './routes/collections-desk.ts'
import type { CollectionsRecordsApi } from './routes/collections-records.ts'
import type { ConnectionsApi } from './routes/connections.ts'
import type { DelegationsApi } from './routes/delegations.ts'
import type { DocumentsApi } from './routes/documents.ts'
import type { MessagesApi } from './routes/messages.ts'
import type { OrderPageApi } from './routes/order-page.ts'
import type { OrdersApi } from './routes/orders.ts'
import type { ProposalsApi } from './routes/proposals.ts'
import type { QuarantineApi } from './routes/quarantine.ts'
import type { SavedViewsApi } from './routes/saved-views.ts'
import type { SessionApi } from './routes/session.ts'
import type { TransactionsApi } from './routes/transactions.ts'
import type { TriageApi } from './routes/triage.ts'

/** Every route the console calls, with its input and answers as they are declared. */
export type Api =
  | ChatApi
  | CollectionsApi
  | CollectionsDeskApi
  | CollectionsRecordsApi
  | ConnectionsApi
  | DelegationsApi
  | DocumentsApi
  | MessagesApi
  | OrderPageApi
  | OrdersApi
  | ProposalsApi
  | QuarantineApi
  | SavedViewsApi
  | SessionApi
  | TransactionsApi
  | TriageApi
