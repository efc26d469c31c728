import { z } from 'zod'
import { readConfig } from '../backbone/config.ts'
import { openStore } from '../cli/open-store.ts'
import { cartOf, loadRange } from './alternatives-facts.ts'
import { apiOf } from './house/furnish.ts'
import { keeping } from './house/keep.ts'
import { newHome, openTenant, type QuittanceHome, startQuittance } from './house/quittance.ts'
import { percentile } from './load/statistics.ts'
import type { BenchHouse, BenchRow, Measured, Measurement } from './measurement.ts'

/** What is counted of an answer: how many substitutes it offers, and how many products it says no to. */
const Answer = z.object({
  decisions: z.array(
    z.object({
      policy: z.string(),
      alternatives: z.array(z.object({ kind: z.string() })),
      evidence: z.array(z.object({ text: z.string() })),
    }),
  ),
})

type Figures = {
  readonly databaseKind: QuittanceHome['databaseKind']
  readonly products: number
  readonly rounds: number
  readonly p50Ms: number
  readonly p95Ms: number
  /** Carts that were answered with at least one substitute. */
  readonly answered: number
  readonly offered: number
  readonly refused: number
}

async function askCarts(
  send: (number: number) => Promise<unknown>,
  { rounds }: { rounds: number },
): Promise<Pick<Figures, 'p50Ms' | 'p95Ms' | 'answered' | 'offered' | 'refused'>> {
  const values: number[] = []
  let [answered, offered, refused] = [0, 0, 0]
  for (let number = -Math.ceil(rounds / 5); number < rounds; number += 1) {
    const startedAtMs = performance.now()
    const answer = await send(number + rounds)
    const tookMs = performance.now() - startedAtMs
    if (number < 0) continue
    values.push(tookMs)
    const decisions = Answer.parse(answer).decisions.filter(
      ({ policy }) => policy === 'substitution',
    )
    const swaps = decisions.flatMap(({ alternatives }) =>
      alternatives.filter(({ kind }) => kind === 'substitute'),
    )
    answered += swaps.length > 0 ? 1 : 0
    offered += swaps.length
    refused += decisions
      .flatMap(({ evidence }) => evidence)
      .filter(({ text }) => text.includes(' is not offered: ')).length
  }
  return {
    p50Ms: percentile(values, 50),
    p95Ms: percentile(values, 95),
    answered,
    offered,
    refused,
  }
}

async function measureOn(house: BenchHouse, databaseUrl: string | undefined): Promise<Figures> {
  const products = house.isQuick ? 10_000 : 100_000
  const rounds = house.isQuick ? 100 : 500
  return keeping(async (keep) => {
    const home = keep(await newHome(databaseUrl === undefined ? {} : { databaseUrl }))
    house.say(`alternatives, ${home.databaseKind}: ${products} products`)
    const token = await openTenant(home)
    const { database, close } = await openStore(readConfig(home.settings))
    try {
      await loadRange(database, products)
    } finally {
      await close()
    }
    const quittance = keep(await startQuittance(home))
    const api = apiOf(quittance.urls[0] ?? '', token)
    const figures = await askCarts(
      (number) => api.send('POST', '/v1/orders/check', cartOf(number, products)),
      { rounds },
    )
    return { databaseKind: home.databaseKind, products, rounds, ...figures }
  })
}

const names = { postgres: 'PostgreSQL', pglite: 'built-in database' } as const

function rowOf(figures: Figures): BenchRow {
  const { databaseKind, products, rounds, p50Ms, p95Ms, answered, offered, refused } = figures
  return {
    row: `alternatives for a cart with a sold-out item over HTTP: ${products.toLocaleString('en')} products, ${names[databaseKind]}`,
    bar: '<= 50 ms p95',
    figure: `p50 ${p50Ms.toFixed(1)} ms, p95 ${p95Ms.toFixed(1)} ms`,
    isReached: p95Ms <= 50,
    note: `POST /v1/orders/check of three lines, one of them sold out, another each time; ${answered} of ${rounds} carts got substitutes (${offered} offered, ${refused} named as not offered with the reason)`,
  }
}

async function measureAlternatives(house: BenchHouse): Promise<Measured> {
  const sharedUrl = await house.postgres?.newDatabase('alternatives')
  const figures: Figures[] = []
  for (const databaseUrl of sharedUrl === undefined ? [undefined] : [sharedUrl, undefined])
    figures.push(await measureOn(house, databaseUrl))
  return { rows: figures.map(rowOf), details: { alternatives: figures } }
}

/** How long it takes to offer something else for what is sold out. */
export const alternatives: Measurement = {
  name: 'alternatives',
  about: 'in-stock alternatives for a cart over HTTP with 100,000 products',
  takes: 'about 3 minutes; --quick 40 s',
  run: measureAlternatives,
}
