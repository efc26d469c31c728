import { z } from 'zod'

// The sender's addresses are the partner's word in ISA05-08: told apart by qualifier and id.
const X12Qualifier = z.string().regex(/^[0-9A-Z]{2}$/, 'A qualifier of ISA05 has two characters.')
const X12Id = z.string().min(1).max(15)

/**
 * What a connection of each inbound channel must say: the shop and its cancel window, the EDI addresses of
 * both sides. A connection may say more, for the connector that answers on it.
 */
export const inboundSettings = {
  shopify: z.object({
    shopDomain: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]*$/, 'A host name such as acme.myshopify.com.'),
    /** How long an order waits before its release, so that a shopper may still cancel. */
    cancelWindowSeconds: z.int().min(0).max(604_800).default(1_800),
    /** Customer of orders whose shopper is no customer of ours. */
    defaultCustomerNumber: z.string().min(1).optional(),
    defaultCurrency: z.string().length(3).optional(),
  }),
  x12: z.object({
    ourQualifier: X12Qualifier,
    ourId: X12Id,
    theirQualifier: X12Qualifier,
    theirId: X12Id,
    cancelWindowSeconds: z.int().min(0).max(604_800).default(1_800),
    defaultCurrency: z.string().length(3).optional(),
    isaLength: z.enum(['repair', 'reject']).optional(),
    controlMismatch: z.enum(['accept-with-errors', 'reject']).optional(),
    elementErrors: z.enum(['accept-with-errors', 'reject']).optional(),
  }),
  json: z.object({
    cancelWindowSeconds: z.int().min(0).max(604_800).default(1_800),
    defaultCustomerNumber: z.string().min(1).optional(),
  }),
} as const
