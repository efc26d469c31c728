import type { MailReplyView, OutreachMessageView } from '../../canonical/views/outreach-view.ts'
import type { Page, PageQuery } from '../../canonical/views/page.ts'
import type { Database } from '../../store/database.ts'
import { listMails, type MailFilter } from '../../store/outreach/mail-rows.ts'
import { getMessage, listMessages, type MessageFilter } from '../../store/outreach/message-rows.ts'

type Listing<Filter> = Filter & { readonly tenantId: string; readonly page: PageQuery }

/** What went out to customers by mail, and what came back. */
export type MessagesService = {
  list(query: Listing<MessageFilter>): Promise<Page<OutreachMessageView>>
  get(tenantId: string, messageId: string): Promise<OutreachMessageView | undefined>
  mails(query: Listing<MailFilter>): Promise<Page<MailReplyView>>
}

/** Opens the messages of the store for people and programs. */
export function messagesService({ database }: { readonly database: Database }): MessagesService {
  return {
    list: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listMessages(tx, filter, page)),
    get: (tenantId, messageId) => database.inTenant(tenantId, (tx) => getMessage(tx, messageId)),
    mails: ({ tenantId, page, ...filter }) =>
      database.inTenant(tenantId, (tx) => listMails(tx, filter, page)),
  }
}
