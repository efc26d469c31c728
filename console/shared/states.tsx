import { Alert, Button, Center, Skeleton, Stack, Text } from '@mantine/core'
import { ApiProblem } from '../api/client.ts'

/** While something is read for the first time. */
export function Reading({ rows = 6 }: { readonly rows?: number }) {
  return (
    <Stack gap="xs" role="status" aria-busy="true" aria-label="Reading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars that are all the same
        <Skeleton key={row} height={28} />
      ))}
    </Stack>
  )
}

/** Nothing is there, and why that is right. */
export function Nothing({
  title,
  children,
}: {
  readonly title: string
  readonly children?: string
}) {
  return (
    <Center py="xl">
      <Stack gap={4} align="center" maw={420}>
        <Text fw={600}>{title}</Text>
        {children !== undefined && (
          <Text c="dimmed" size="sm" ta="center">
            {children}
          </Text>
        )}
      </Stack>
    </Center>
  )
}

function waitWords(error: Error): string {
  if (!(error instanceof ApiProblem) || error.waitSeconds === 0) return ''
  const { waitSeconds } = error
  return ` Come back in ${waitSeconds < 90 ? `${waitSeconds} s` : `${Math.ceil(waitSeconds / 60)} minutes`}.`
}

/** It could not be read: the server's own words, and the way to try again. */
export function Failed({
  error,
  again,
}: {
  readonly error: Error
  readonly again?: (() => unknown) | undefined
}) {
  return (
    <Alert color="red" title="This could not be read" role="alert" my="sm">
      <Stack gap="xs" align="flex-start">
        <Text size="sm" className="words">
          {error.message}
          {waitWords(error)}
        </Text>
        {again !== undefined && (
          <Button size="xs" variant="default" onClick={() => void again()}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
