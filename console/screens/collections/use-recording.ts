import { notifications } from '@mantine/notifications'
import { useMutation } from '@tanstack/react-query'
import { ApiProblem } from '../../api/client.ts'
import { queryClient } from '../../api/queries.ts'

/** Records something a person typed, shows at once what came of it, and says what is wrong at its field. */
export function useRecording<Values>({
  record,
  done,
  onDone,
}: {
  readonly record: (values: Values) => Promise<unknown>
  /** What is said when it is on record. */
  readonly done: string
  readonly onDone: () => void
}): {
  readonly record: (values: Values) => void
  readonly isPending: boolean
  /** What is wrong with a field. */
  readonly faultOf: (path: string) => string | undefined
  /** What is wrong with none of the fields. */
  readonly problem: Error | undefined
} {
  const { mutate, isPending, error } = useMutation({
    mutationFn: record,
    onSuccess: async () => {
      await queryClient.invalidateQueries()
      notifications.show({ message: done, autoClose: 5_000 })
      onDone()
    },
  })
  const faults = error instanceof ApiProblem ? error.faults : []
  return {
    record: mutate,
    isPending,
    faultOf: (path) =>
      faults.find((fault) => fault.path === path || fault.path.startsWith(`${path}.`))?.message,
    problem: error !== null && faults.length === 0 ? error : undefined,
  }
}
