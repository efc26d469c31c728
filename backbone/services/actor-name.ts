// What is done by an approved proposal is on record as `proposal:prp_… (whoever approved it)`.
const byProposal = /^proposal:(\S+) \((.*)\)$/

/** The proposal that something was done by, where it was. */
export function proposalOfActor(actor: string | null): string | null {
  return byProposal.exec(actor ?? '')?.[1] ?? null
}

const namedAsTheyAre: ReadonlySet<string> = new Set(['person', 'agent', 'connection'])

/** The name of whoever is on record for something, as people say it. */
export function actorName(actor: string): string {
  const approver = byProposal.exec(actor)?.[2]
  if (approver !== undefined) return approver.replace(/^person:/, '')
  const [kind = '', name = ''] = actor.split(/:(.*)/s)
  if (name === '') return actor.replaceAll('-', ' ')
  return namedAsTheyAre.has(kind) ? name : `${kind} ${name}`
}
