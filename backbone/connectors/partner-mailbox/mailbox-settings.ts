import { z } from 'zod'
import { usualAcknowledgementHours } from '../../canonical/acknowledgement-term.ts'
import type { X12Envelope } from '../../documents/x12/envelope.ts'
import { NeedsPerson } from '../../errors.ts'
import type { ControlNumbers, OpenConnection } from '../connector.ts'
import { SystemUrl } from '../rest-call.ts'
import { settingsOf } from '../settings-check.ts'

const Deliver = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('http'),
    /** Address of the mailbox: documents are posted here and read back under it by their control number. */
    url: SystemUrl,
    apiKeyHeader: z.string().min(1).optional(),
  }),
  z.object({ method: z.literal('folder'), path: z.string().min(1) }),
])

const qualifier = z.string().regex(/^[A-Z0-9]{2}$/, 'two characters of X12 ISA05, such as ZZ or 01')
// ISA06 and ISA08 are 15 characters wide.
const address = z.string().min(1).max(15)
const separator = z.string().length(1)

/** What a trading partner agreed on: where interchanges go, who they are from and to, and how they are written. */
export const MailboxSettings = z
  .object({
    /** Absent for a partner who only sends. */
    deliver: Deliver.optional(),
    ourQualifier: qualifier,
    ourId: address,
    theirQualifier: qualifier,
    theirId: address,
    ourGroupId: address.optional(),
    theirGroupId: address.optional(),
    /** Release of what we write, such as 004010 or 005010. */
    version: z
      .string()
      .regex(/^\d{6}/, 'a release such as 004010')
      .max(12)
      .default('004010'),
    elementSeparator: separator.default('*'),
    componentSeparator: separator.default('>'),
    repetitionSeparator: separator.default('^'),
    /** One character, with a line break after it where the partner wants to read along. */
    segmentTerminator: z.string().min(1).max(3).default('~'),
    isTest: z.boolean().default(false),
    /** Hours within which they acknowledge what we send with a 997 or 999; 0 for a partner who sends none. */
    acknowledgedWithinHours: z.number().min(0).max(720).default(usualAcknowledgementHours),
  })
  .refine(
    (settings) =>
      new Set([
        settings.elementSeparator,
        settings.componentSeparator,
        settings.repetitionSeparator,
        settings.segmentTerminator.charAt(0),
      ]).size === 4,
    'the separators and the segment terminator must differ',
  )
export type MailboxSettings = z.infer<typeof MailboxSettings>

/** Where a partner's interchanges go; a person must say so before anything can be sent. */
export function deliveryOf(connection: OpenConnection) {
  const { deliver } = settingsOf(MailboxSettings, connection)
  if (deliver !== undefined) return deliver
  const { connectionId } = connection
  throw new NeedsPerson('The partner connection has no `deliver`: say where documents go.', {
    connectionId,
  })
}

/** The envelope of one interchange to a partner. */
export function envelopeOf(
  connection: OpenConnection,
  { group, interchange, issuedAt }: ControlNumbers,
): X12Envelope {
  const settings = settingsOf(MailboxSettings, connection)
  const { ourGroupId, theirGroupId, isTest, version } = settings
  return {
    ours: { qualifier: settings.ourQualifier, id: settings.ourId },
    theirs: { qualifier: settings.theirQualifier, id: settings.theirId },
    ...(ourGroupId === undefined ? {} : { ourGroupId }),
    ...(theirGroupId === undefined ? {} : { theirGroupId }),
    ...{ group, interchange, issuedAt, isTest, version },
    separators: {
      element: settings.elementSeparator,
      component: settings.componentSeparator,
      repetition: settings.repetitionSeparator,
      segment: settings.segmentTerminator,
    },
  }
}
