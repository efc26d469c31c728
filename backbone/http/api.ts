import type { ChatApi } from './routes/chat.ts'
import type { OrdersApi } from './routes/orders.ts'
import type { ProposalsApi } from './routes/proposals.ts'
import type { SessionApi } from './routes/session.ts'

/** Every route the console calls, with its input and answers as they are declared. */
export type Api = ChatApi | OrdersApi | ProposalsApi | SessionApi
