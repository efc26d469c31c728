import type { Context } from 'hono'
import { recordOf } from '../../canonical/json-fields.ts'
import { parsedJson } from '../http-call.ts'
import type { Ask, Ledger } from './ledger.ts'
import type { SandboxEnv } from './misbehaviour.ts'

type SandboxContext = Context<SandboxEnv>

/** The body of a call as fields; nothing when it is not a JSON object. */
export async function fieldsOf(
  context: SandboxContext,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  return recordOf(parsedJson(await context.req.text()))
}

/** A field that must be a text; nothing when it is not. */
export function textIn(
  fields: Readonly<Record<string, unknown>>,
  field: string,
): string | undefined {
  const value = fields[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Takes an effect and answers once it is on the disk, with what follows from it. */
export async function answerEffect(
  context: SandboxContext,
  ledger: Ledger,
  { idField, ...ask }: Ask & { idField: string },
): Promise<Response> {
  const idempotencyKey = context.req.header('idempotency-key')
  const taken = ledger.take({ ...ask, idempotencyKey })
  await ledger.settled()
  const id = { [idField]: taken.effect.id }
  if (taken.taken === 'duplicate')
    return context.json({ code: 'duplicate', message: 'This is here already.', ...id }, 409)
  if (taken.taken === 'conflict')
    return context.json(
      { code: 'conflict', message: 'Something else has this number.', ...id },
      409,
    )
  return context.json({ ...id }, 201)
}

/** Says that a call cannot be read, in the words of the contract. */
export function badCall(context: SandboxContext, message: string): Response {
  return context.json({ code: 'invalid', message }, 400)
}

/** Says that a number is not known. */
export function notFound(context: SandboxContext, code: string, message: string): Response {
  return context.json({ code, message }, 404)
}
