import type { Connector } from './connector.ts'
import { erpConnector } from './erp/erp-connector.ts'
import { mailConnector } from './mail/mail-connector.ts'
import { outreachConnector } from './mail/outreach-connector.ts'
import { partnerMailboxConnector } from './partner-mailbox/partner-mailbox-connector.ts'
import type { ConnectorOptions } from './rest-call.ts'
import { storefrontConnector } from './storefront/storefront-connector.ts'
import { webhookConnector } from './webhook/webhook-connector.ts'
import { wmsConnector } from './wms/wms-connector.ts'

/** All kinds of outside systems we can call; add a connector here and a case to `connectors.test.ts`. */
export function allConnectors(options: ConnectorOptions = {}): readonly Connector[] {
  return [
    erpConnector(options),
    wmsConnector(options),
    partnerMailboxConnector(options),
    storefrontConnector(options),
    webhookConnector(options),
    mailConnector(options),
    outreachConnector(options),
  ]
}
