import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { Config } from '../backbone/config.ts'
import { NeedsPerson } from '../backbone/errors.ts'
import { houseProof } from '../backbone/http/house-door.ts'
import { loadSecretKey } from '../backbone/store/secrets/load-secret-key.ts'
import { signingKeyOf } from './signing-key.ts'

/** Where the server of these settings listens, seen from this machine. */
export function houseAddress({ host, port }: Config): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Whether a running server holds the data folder. */
export function isHeldByServer(error: unknown): boolean {
  return error instanceof NeedsPerson && typeof error.facts['owner'] === 'number'
}

const Problem = z.object({ detail: z.string() })

/** Asks the running server, which owns the built-in database, with a proof made from the house's secret key. */
export async function askTheHouse<Answer>(
  config: Config,
  path: string,
  wish: object,
  answerSchema: z.ZodType<Answer>,
): Promise<Answer> {
  const secretKey = await loadSecretKey({
    envValue: config.secretKey,
    file: join(resolve(config.dataFolder), 'secret.key'),
  })
  const body = JSON.stringify(wish)
  const address = houseAddress(config)
  const answer = await fetch(`${address}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-house-proof': houseProof(signingKeyOf(secretKey), body, Date.now()),
    },
    body,
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    throw new NeedsPerson(
      `The running server does not answer at ${address}. Set QUITTANCE_HOST and QUITTANCE_PORT as it was started with.`,
      {},
      { cause: error },
    )
  })
  const told: unknown = await answer.json()
  if (answer.ok) return answerSchema.parse(told)
  throw new NeedsPerson(Problem.parse(told).detail)
}
