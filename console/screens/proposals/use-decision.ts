import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { ApiProblem, api } from '../../api/client.ts'
import { type Proposal, queryClient } from '../../api/queries.ts'
import { statusWords } from '../../shared/words.ts'

/** What a person decides; the version and the effect they looked at go with it. */
type Decision =
  | { readonly decision: 'approve' }
  | { readonly decision: 'reject'; readonly reason: string }
  | { readonly decision: 'edit'; readonly draft: Record<string, unknown> }

/** Decides a proposal as it was looked at, and tells what became of it. */
export function useDecision(
  { proposalId, version, effectHash }: Proposal,
  onDecided: () => void,
): {
  readonly decide: (decision: Decision) => void
  readonly isPending: boolean
  readonly problem: ApiProblem | undefined
} {
  const { mutate, isPending, error } = useMutation({
    mutationFn: (decision: Decision) =>
      api.post('/v1/proposals/{id}/decision', {
        params: { id: proposalId },
        body: { ...decision, version, effectHash },
      }),
    onSuccess: (proposal, { decision }) => {
      queryClient.setQueryData(['proposal', proposalId], proposal)
      if (decision !== 'edit')
        notifications.show({
          title: statusWords[proposal.status],
          message: proposal.title,
          autoClose: 5_000,
        })
      onDecided()
    },
    onSettled: () => queryClient.invalidateQueries(),
  })
  const problem =
    error === null
      ? undefined
      : error instanceof ApiProblem
        ? error
        : new ApiProblem(0, 'page', error.message)
  return { decide: mutate, isPending, problem }
}
