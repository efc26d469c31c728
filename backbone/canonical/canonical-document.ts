import { z } from 'zod'
import { Acknowledgement } from './acknowledgement.ts'
import { CreditNote, CreditPosting } from './credit-note.ts'
import { CustomerMessage } from './customer-message.ts'
import {
  Cancellation,
  Notice,
  PaymentPosting,
  PickRequest,
  SalesOrder,
  TechnicalAcknowledgement,
  WebhookEvent,
} from './instruction.ts'
import { Invoice } from './invoice.ts'
import { Milestone } from './milestone.ts'
import { Order, OrderChange } from './order.ts'
import { Payment } from './payment.ts'
import { Shipment } from './shipment.ts'

/** The documents that partners and systems send us, told apart by `docType`. */
export const InboundDocument = z.discriminatedUnion('docType', [
  Order,
  OrderChange,
  Shipment,
  Payment,
  Milestone,
])
export type InboundDocument = z.infer<typeof InboundDocument>

/** What we send to partners and systems, told apart by `docType`. */
export const OutboundDocument = z.discriminatedUnion('docType', [
  Acknowledgement,
  Shipment,
  Invoice,
  SalesOrder,
  PickRequest,
  Cancellation,
  PaymentPosting,
  CreditNote,
  CreditPosting,
  WebhookEvent,
  Notice,
  TechnicalAcknowledgement,
  CustomerMessage,
])
export type OutboundDocument = z.infer<typeof OutboundDocument>
