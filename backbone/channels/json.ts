import { createHash } from 'node:crypto'
import { readJson } from '../documents/json/read-json.ts'
import type { Reading } from '../documents/reading.ts'
import type { Channel, InboundRequest } from './channel.ts'
import { carriesApiKey, jsonAnswer, problemAnswer, receiptFields } from './door-answer.ts'
import { streamOfDocument } from './stream-key.ts'

/**
 * Canonical documents as JSON. Read before the commit, so that the sender hears at once what is wrong:
 * 202 taken (with findings for the part of a list that was not), 200 known already, 409 same key with other content, 422 with findings.
 */
export function jsonChannel(): Channel {
  // Reading is asked for three times on a delivery's way through the door; it is done once.
  const readings = new WeakMap<InboundRequest, Reading>()
  const readOnce = (request: InboundRequest): Reading => {
    const reading = readings.get(request) ?? readJson(request.body)
    readings.set(request, reading)
    return reading
  }
  return {
    kind: 'json',
    isAuthentic: (request, connection) => carriesApiKey(request, connection.secrets()),
    peek: (request, connection) => ({
      transportId:
        request.headers['idempotency-key'] ??
        createHash('sha256').update(request.body).digest('hex'),
      streamKeys: readOnce(request).documents.map((document) =>
        streamOfDocument(document, connection.connectionId),
      ),
    }),
    refuse(request) {
      const reading = readOnce(request)
      return reading.outcome === 'unreadable' ? reading : undefined
    },
    findings: (request) => readOnce(request).findings,
    read: (request) => readOnce(request),
    mayMendUnderSameId: false,
    streamKey: (document, connection) => streamOfDocument(document, connection.connectionId),
    answer(result) {
      switch (result.verdict) {
        case 'accepted':
          return jsonAnswer(
            202,
            { ...receiptFields(result), findings: result.findings },
            {
              location: `/v1/receipts/${result.receiptId}`,
            },
          )
        case 'duplicate':
          return jsonAnswer(200, receiptFields(result), {
            location: `/v1/receipts/${result.receiptId}`,
          })
        case 'conflict':
          return problemAnswer(
            409,
            'conflicting-delivery',
            'This idempotency key came before with other content.',
            receiptFields(result),
          )
        case 'rejected':
          return problemAnswer(
            422,
            'unreadable-document',
            'The document cannot be taken; the findings say where and why.',
            {
              ...receiptFields(result),
              findings: result.reading.findings,
            },
          )
      }
    },
  }
}
