import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { FunctionalAcknowledgement } from '../documents/x12/997.ts'
import { acknowledgementFindings } from '../documents/x12/acknowledgement-findings.ts'
import type { PartnerAdvice } from '../documents/x12/partner-advice.ts'
import type { X12Profile } from '../documents/x12/profile.ts'
import { peekX12, readX12 } from '../documents/x12/read-x12.ts'
import type { Channel, NamedDocument, ReadConnection, Remark } from './channel.ts'
import { carriesApiKey, jsonAnswer, receiptFields } from './door-answer.ts'
import { streamOfDocument, streamOfPurchaseOrder } from './stream-key.ts'

const PartnerSettings = z.object({
  ourQualifier: z.string(),
  ourId: z.string(),
  theirQualifier: z.string(),
  theirId: z.string(),
  defaultCurrency: z.string().default('USD'),
  isaLength: z.enum(['repair', 'reject']).default('repair'),
  controlMismatch: z.enum(['accept-with-errors', 'reject']).default('accept-with-errors'),
  elementErrors: z.enum(['accept-with-errors', 'reject']).default('accept-with-errors'),
})

function profileOf(connection: ReadConnection): X12Profile {
  const settings = PartnerSettings.parse(connection.settings)
  const { isaLength, controlMismatch, elementErrors } = settings
  return {
    ourIds: [{ qualifier: settings.ourQualifier, id: settings.ourId }],
    partnerIds: [{ qualifier: settings.theirQualifier, id: settings.theirId }],
    defaultCurrency: settings.defaultCurrency,
    policy: { isaLength, controlMismatch, elementErrors },
  }
}

const refuses = (verdict: PartnerAdvice['verdict']) =>
  verdict === 'rejected' || verdict === 'partly-accepted'

// Partners write control numbers with or without the zeros before them.
const plainNumber = (number: string) => number.replace(/^0+(?=\d)/, '')

function remarkOfAcknowledgement(acknowledgement: FunctionalAcknowledgement): Remark {
  const { kind, acknowledges, verdict, functionalId } = acknowledgement
  const isInterchange = kind === 'TA1'
  const named = { number: plainNumber(acknowledges), functionalId }
  // A TA1 that takes the interchange says nothing of the document in it: that is for the 997.
  const answers: NamedDocument = isInterchange
    ? { by: 'interchange', ...named, ...(refuses(verdict) ? { verdict } : {}) }
    : { by: 'group', ...named, verdict }
  return {
    summary: `The partner's ${kind} for our ${isInterchange ? 'interchange' : 'group'} ${acknowledges}: ${verdict}.`,
    needsPerson: refuses(verdict),
    findings: acknowledgementFindings(acknowledgement),
    answers,
  }
}

function remarkOfAdvice(advice: PartnerAdvice): Remark {
  const { kind, about, groupNumber, documentNumber, verdict, findings } = advice
  const who = kind === '824' ? "The partner's 824" : "A supplier's 855"
  const remark = {
    summary: `${who} for our ${about}: ${verdict}.`.slice(0, 500),
    needsPerson: refuses(verdict),
    findings,
  }
  if (kind !== '824') return remark
  if (groupNumber !== undefined) {
    const number = plainNumber(groupNumber)
    return { ...remark, answers: { by: 'group', number, functionalId: '' } }
  }
  if (documentNumber === undefined) return remark
  return { ...remark, answers: { by: 'number', number: documentNumber, functionalId: '' } }
}

/**
 * X12 interchanges over HTTP with an API key. The answer is 202 as soon as the bytes are kept: what the
 * interchange is worth is said by a TA1 and 997 of its own.
 */
export function x12Channel(): Channel {
  return {
    kind: 'x12',
    isAuthentic: (request, connection) => carriesApiKey(request, connection.secrets()),
    peek(request, connection) {
      const { interchangeKeys, purchaseOrderNumbers } = peekX12(request.body)
      return {
        transportId:
          interchangeKeys.length > 0
            ? interchangeKeys.join('+').slice(0, 500)
            : createHash('sha256').update(request.body).digest('hex'),
        streamKeys: purchaseOrderNumbers.map((number) =>
          streamOfPurchaseOrder(connection.connectionId, number),
        ),
      }
    },
    read(request, connection) {
      const reading = readX12(request.body, profileOf(connection))
      return {
        ...reading,
        remarks: [
          ...reading.functionalAcknowledgements.map(remarkOfAcknowledgement),
          ...reading.advice.map(remarkOfAdvice),
        ],
      }
    },
    refuseConflict: (request, connection) =>
      readX12(request.body, { ...profileOf(connection), isNumberUsed: true }),
    // After a TA1 that refuses it, an interchange is mended and sent again under its number.
    mayMendUnderSameId: true,
    streamKey: (document, connection) => streamOfDocument(document, connection.connectionId),
    answer: (result) => jsonAnswer(202, receiptFields(result)),
  }
}
