import type { PressureView } from '../backbone/channels/back-pressure.ts'
import type { Readiness } from '../backbone/services/ports.ts'

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1_048_576)} MB`

type Check = Readiness['checks'][number]

const check = (name: string, isOk: boolean, fine: string, otherwise: string): Check => ({
  name,
  isOk,
  message: isOk ? fine : otherwise,
})

/**
 * What a balancer is told. It sends elsewhere what this process alone cannot take: its database is away, or it has
 * no room left. Late queues and a full disk are everybody's: they refuse deliveries, and no process is taken out,
 * for the orders can still be read.
 */
export function readinessOf(pressure: PressureView): Readiness {
  const { isDatabaseAway, isDiskNearlyFull, isOutOfRoom, lateTenants, disk } = pressure
  return {
    isReady: !isDatabaseAway && !isOutOfRoom,
    checks: [
      check('database', !isDatabaseAway, 'The database answers.', 'The database does not answer.'),
      check(
        'room',
        !isOutOfRoom,
        'There is room for deliveries.',
        `More deliveries wait for their commit than this process has room for: ${pressure.deliveries}, with ${mebibytes(pressure.bytes)}.`,
      ),
      check(
        'queues',
        lateTenants === 0,
        'Documents get their turn in time.',
        `Documents of ${lateTenants} tenants wait too long for their turn; new ones of theirs are refused.`,
      ),
      ...(disk === undefined
        ? []
        : [
            check(
              'disk',
              !isDiskNearlyFull,
              'There is room on the disk.',
              `Only ${mebibytes(disk.freeBytes)} are free on the disk of the data folder: documents are refused until it is ${mebibytes(disk.leastBytes)}.`,
            ),
          ]),
    ],
  }
}
