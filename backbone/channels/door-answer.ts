import { timingSafeEqual } from 'node:crypto'
import type { DoorAnswer, InboundRequest, IntakeResult } from './channel.ts'

/** Answers with JSON. */
export function jsonAnswer(
  status: number,
  body: object,
  headers: Record<string, string> = {},
): DoorAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

/** The part of an answer that every channel gives: which receipt, and of which it is a repetition. */
export function receiptFields(result: IntakeResult): Record<string, string> {
  switch (result.verdict) {
    case 'accepted':
      return { receiptId: result.receiptId, status: 'accepted' }
    case 'duplicate':
      return { receiptId: result.receiptId, duplicateOf: result.receiptId, status: 'duplicate' }
    case 'conflict':
      return {
        receiptId: result.receiptId,
        conflictsWith: result.conflictsWith,
        status: 'conflict',
      }
    case 'rejected':
      return { receiptId: result.receiptId, status: 'rejected' }
  }
}

/** A problem of RFC 9457 with the receipt it is about. */
export function problemAnswer(
  status: number,
  problem: string,
  title: string,
  more: object = {},
): DoorAnswer {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify({ type: `urn:quittance:problem:${problem}`, title, status, ...more }),
  }
}

function equalTexts(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}

/** Whether the delivery carries one of the connection's secrets as its API key, by `Authorization: Bearer` or `X-API-Key`. */
export function carriesApiKey(request: InboundRequest, secrets: readonly string[]): boolean {
  const bearer = /^Bearer (.+)$/i.exec(request.headers['authorization'] ?? '')?.[1]
  const given = bearer ?? request.headers['x-api-key']
  return given !== undefined && secrets.some((secret) => equalTexts(secret, given))
}
