import { createHash } from 'node:crypto'

/**
 * Which of the processes at work goes the rounds for a tenant: every process finds the same one without asking
 * (highest hash of process and tenant), and when one comes or goes only its tenants move.
 */
export function inChargeOf(tenantId: string, present: readonly string[]): string | undefined {
  const weight = (workerId: string) =>
    createHash('sha256').update(`${workerId} ${tenantId}`).digest('hex')
  return present
    .map((workerId) => ({ workerId, weight: weight(workerId) }))
    .reduce<{ workerId: string; weight: string } | undefined>(
      (best, one) => (best === undefined || one.weight > best.weight ? one : best),
      undefined,
    )?.workerId
}
