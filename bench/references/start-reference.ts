import postgres from 'postgres'
import { freePort } from '../../testing/free-port.ts'
import type { Stoppable } from '../house/keep.ts'
import { answering, ownScript, startProcess } from '../house/own-process.ts'
import { referenceSchema } from './reference-work.ts'

/** The reference servers: the same work, the least around it. */
export const referenceNames = ['hono-sync', 'hono-outbox', 'hono-batch'] as const

/** A reference server in a process of its own. */
export type RunningReference = Stoppable & { readonly url: string; readonly pid: number }

/** Makes the tables of the references in an empty database. */
export async function furnishReferences(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  await sql.unsafe(referenceSchema)
  await sql.end()
}

/** Starts a reference server on a database furnished for references. */
export async function startReference(
  name: (typeof referenceNames)[number],
  { databaseUrl, sinkUrl }: { databaseUrl: string; sinkUrl: string },
): Promise<RunningReference> {
  const port = await freePort()
  const { command, args } = ownScript(import.meta.dirname, `${name}-process`)
  const process = startProcess({
    command,
    args: [...args, String(port), databaseUrl, `${sinkUrl}/erp`],
  })
  const url = `http://127.0.0.1:${port}`
  await answering(process, `${url}/health`)
  return { url: `${url}/orders`, pid: process.pid, stop: process.stop }
}
