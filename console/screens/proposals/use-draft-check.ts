import { useEffect, useState } from 'react'
import { ApiProblem, api } from '../../api/client.ts'
import type { DraftCheck } from '../../api/proposals-queries.ts'
import type { Proposal } from '../../api/queries.ts'

type Values = Readonly<Record<string, unknown>>

/** What is known of a draft: asked, answered, or why it could not be asked. */
export type Checking =
  | { readonly state: 'unchanged' | 'checking' }
  | { readonly state: 'checked'; readonly check: DraftCheck }
  | { readonly state: 'unchecked'; readonly problem: string; readonly isLasting: boolean }

// So long after the last key the draft is checked, and so long after a check that failed it is tried again.
const restMs = 400
const againMs = 3_000

const problemOf = (error: unknown): ApiProblem =>
  error instanceof ApiProblem ? error : new ApiProblem(0, 'page', String(error))

const isPassing = ({ status }: ApiProblem): boolean =>
  status === 0 || status === 429 || status >= 500

type Asked = { readonly draft: Values; readonly checking: Checking }

/**
 * Has the server check a draft when its typing rests, by the checks of the edit itself. A newer draft takes the place
 * of an older question; what is typed is never touched by it.
 */
export function useDraftCheck(
  { proposalId, version, effectHash }: Proposal,
  draft: Values,
  isChanged: boolean,
): Checking {
  const [asked, setAsked] = useState<Asked>()
  useEffect(() => {
    if (!isChanged) return
    const aborting = new AbortController()
    let waiting: ReturnType<typeof setTimeout>
    const ask = async () => {
      try {
        const body = { version, effectHash, draft }
        const input = { params: { id: proposalId }, body }
        const check = await api.post('/v1/proposals/{id}/draft-check', input, aborting.signal)
        setAsked({ draft, checking: { state: 'checked', check } })
      } catch (error) {
        if (aborting.signal.aborted) return
        const problem = problemOf(error)
        const isLasting = !isPassing(problem)
        setAsked({
          draft,
          checking: { state: 'unchecked', problem: problem.message, isLasting },
        })
        if (!isLasting) waiting = setTimeout(() => void ask(), againMs)
      }
    }
    waiting = setTimeout(() => void ask(), restMs)
    return () => {
      clearTimeout(waiting)
      aborting.abort()
    }
  }, [proposalId, version, effectHash, draft, isChanged])
  if (!isChanged) return { state: 'unchanged' }
  // An answer about another draft says nothing of this one.
  return asked?.draft === draft ? asked.checking : { state: 'checking' }
}
