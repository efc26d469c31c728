import { Text } from '@mantine/core'
import type { Liveness } from '../api/follow-events.ts'
import { Moment } from '../shared/moment.tsx'

/** Says how fresh the page is: live, read every 15 seconds, or since when the server cannot be reached. */
export function LivenessText({ liveness }: { readonly liveness: Liveness }) {
  const { state } = liveness
  return (
    <Text
      size="xs"
      c={state === 'offline' ? 'red' : 'dimmed'}
      fw={state === 'offline' ? 600 : 400}
      role="status"
    >
      {state === 'live' && 'Live'}
      {state === 'polled' && 'Every 15 s'}
      {state === 'offline' && (
        <>
          Offline since <Moment at={new Date(liveness.sinceMs).toISOString()} />
        </>
      )}
    </Text>
  )
}
