import type { CallerMistake } from '../errors.ts'
import type { PressureLimits, PressureReason } from './pressure-refusals.ts'

/** The room one delivery takes while its body is read and it waits for its commit. */
export type Place = {
  /** Takes room for bytes before they are read; throws the refusal when there is none. */
  hold(bytes: number): void
  leave(): void
}

type Load = { deliveries: number; bytes: number }

// One sender alone never fills the house: the other half is for everybody else.
const shareOfOne = 0.5

/** Opens the room for deliveries on their way: so much in all, and for one connection no more than its share. */
export function openRoom(
  limits: PressureLimits,
  refuse: (reason: PressureReason) => CallerMistake,
) {
  const all: Load = { deliveries: 0, bytes: 0 }
  const byConnection = new Map<string, Load>()
  const assertRoom = (own: Load, bytes: number) => {
    if (all.bytes + bytes > limits.bytes) throw refuse('too-many-waiting')
    if (own.bytes + bytes > limits.bytes * shareOfOne) throw refuse('connection-over-share')
  }
  const add = (own: Load, deliveries: number, bytes: number) => {
    for (const load of [all, own]) {
      load.deliveries += deliveries
      load.bytes += bytes
    }
  }
  return {
    taken: (): Load => ({ ...all }),
    /** Counts what is still on its way although its sender has had an answer. */
    keep(bytes: number): () => void {
      all.deliveries += 1
      all.bytes += bytes
      return () => {
        all.deliveries -= 1
        all.bytes -= bytes
      }
    },
    enter(connectionId: string, declaredBytes: number): Place {
      const own = byConnection.get(connectionId) ?? { deliveries: 0, bytes: 0 }
      if (all.deliveries >= limits.deliveries) throw refuse('too-many-waiting')
      if (own.deliveries >= Math.ceil(limits.deliveries * shareOfOne))
        throw refuse('connection-over-share')
      assertRoom(own, declaredBytes)
      byConnection.set(connectionId, own)
      add(own, 1, 0)
      let held = 0
      return {
        hold(bytes) {
          assertRoom(own, bytes)
          held += bytes
          add(own, 0, bytes)
        },
        leave() {
          add(own, -1, -held)
          if (own.deliveries === 0) byConnection.delete(connectionId)
        },
      }
    },
  }
}
