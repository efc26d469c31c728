import type { Trial } from '../agents/trial.ts'

/** What a case says of the tools: which must be used, which must not. */
export type WantedCalls = {
  readonly uses?: readonly string[] | undefined
  readonly avoids?: readonly string[] | undefined
}

const isPropose = (name: string): boolean => name.startsWith('propose_')

// What a proposal is made of: ids that code gave out.
const idsOnly = new Set([
  'order_id',
  'customer_number',
  'cluster_id',
  'transaction_id',
  'candidate_id',
])

/** Tools that were not used, or that must not be; proposals that are made of anything but ids. */
export function faultsOfCalls({ calls }: Trial, { uses = [], avoids = [] }: WantedCalls): string[] {
  const names = new Set(calls.map(({ name }) => name))
  const proposed = calls.filter(({ name }) => isPropose(name))
  const strange = proposed.flatMap(({ args }) =>
    Object.keys(args).filter((name) => !idsOnly.has(name)),
  )
  return [
    ...uses.filter((name) => !names.has(name)).map((name) => `did not use ${name}`),
    ...avoids.filter((name) => names.has(name)).map((name) => `used ${name}`),
    ...strange.map((name) => `gave a proposal the argument ${name}`),
  ]
}

/** How often people were asked for a decision. */
export const proposalsAsked = ({ calls }: Trial): number =>
  calls.filter(({ name }) => isPropose(name)).length
