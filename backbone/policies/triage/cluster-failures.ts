import type { FailureClass } from '../../canonical/failures/failure-class.ts'
import type { FailureFacts } from '../../canonical/failures/signature.ts'
import { groupBy } from '../../canonical/group-by.ts'

/** A call that failed for good, or is parked behind a connection that is away, or a document that was set aside. */
export type FailedCall = {
  readonly transactionId: string
  readonly connectionId: string
  readonly connectionKind: string
  readonly operation: string
  readonly orderId: string | null
  readonly orderNumber: string | null
  readonly customerNumber: string | null
  readonly naturalKey: string
  /** What it has in common with others of the same cause: pattern and thing at the root, `1f3a…/item 1009`. */
  readonly rootKey: string
  readonly errorClass: FailureClass
  readonly code: string
  readonly message: string
  readonly amountMinor: number | null
  readonly currency: string | null
  readonly failedAt: string
  /** It goes by itself once the connection is back; nobody need replay it. */
  readonly isParked: boolean
  /** It is a document that came in and is in quarantine: what shows of it. */
  readonly setAside?: {
    readonly quarantineId: string
    readonly seen: FailureFacts
    /** It is about a document of ours that has gone out: what else fails of its order is not what it waits for. */
    readonly isOfOurs?: true
  }
}

/** Failures with one cause: one fix for all of them. */
export type RootCause = {
  /** The root key of the calls that failed by this cause itself. */
  readonly clusterId: string
  /** The same for causes that differ only in the thing at the root. */
  readonly patternId: string
  readonly rootEntity: string | undefined
  readonly calls: readonly FailedCall[]
  /** Calls that failed only because a call of this cause did not get through. */
  readonly dependants: readonly FailedCall[]
  /** Causes of the same pattern: the same mistake made with other things. */
  readonly sharedWith: readonly string[]
}

const byId = (a: FailedCall, b: FailedCall) =>
  a.failedAt === b.failedAt
    ? compare(a.transactionId, b.transactionId)
    : compare(a.failedAt, b.failedAt)

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

// What other calls of an order wait for, the most likely first.
const parentOperations = [
  'erp.create-order',
  'erp.change-order',
  'wms.request-pick',
  'erp.post-invoice',
]

/** How likely a call is what another one waits for; nothing in it depends on which came first. */
function parentRank(call: FailedCall, child: FailedCall): string {
  const elsewhere = call.connectionId === child.connectionId ? '0' : '1'
  const operation = parentOperations.indexOf(call.operation)
  const place = operation === -1 ? parentOperations.length : operation
  return `${elsewhere}${place}${call.rootKey}|${call.transactionId}`
}

const wordPattern = /[\w-]+/g

/** Finds what a call waits for: a call of its order, or one whose number the refusal names. */
function parentFinder(calls: readonly FailedCall[]): (child: FailedCall) => FailedCall | undefined {
  const byOrder = groupBy(
    calls.filter((call) => call.orderId !== null),
    (call) => call.orderId ?? '',
  )
  const byNumber = groupBy(calls, (call) => call.naturalKey)
  return (child) => {
    const ofOrder = child.orderId === null ? [] : (byOrder.get(child.orderId) ?? [])
    const words = child.message.match(wordPattern) ?? []
    const named =
      ofOrder.length > 0
        ? []
        : words
            .filter((word) => word !== child.naturalKey)
            .flatMap((word) => byNumber.get(word) ?? [])
    return [...ofOrder, ...named]
      .filter((call) => call.transactionId !== child.transactionId)
      .map((call) => ({ call, rank: parentRank(call, child) }))
      .toSorted((a, b) => compare(a.rank, b.rank))
      .at(0)?.call
  }
}

function splitKey(rootKey: string): { patternId: string; rootEntity: string | undefined } {
  const at = rootKey.indexOf('/')
  if (at === -1) return { patternId: rootKey, rootEntity: undefined }
  const entity = rootKey.slice(at + 1)
  return { patternId: rootKey.slice(0, at), rootEntity: entity === '' ? undefined : entity }
}

/**
 * Brings failures together by root cause (domain rules 3.3.3). A call that failed for want of another one belongs to
 * what stopped that one. The outcome does not depend on the order in which the failures are given.
 */
export function clusterFailures(failures: readonly FailedCall[]): RootCause[] {
  const own = failures.filter((call) => call.errorClass !== 'DEPENDENCY')
  const parentOf = parentFinder(own.filter((call) => call.setAside?.isOfOurs !== true))
  const homes = new Map<string, { calls: FailedCall[]; dependants: FailedCall[] }>()
  const homeOf = (key: string) => {
    const home = homes.get(key) ?? { calls: [], dependants: [] }
    homes.set(key, home)
    return home
  }
  for (const call of own) homeOf(call.rootKey).calls.push(call)
  for (const call of failures) {
    if (call.errorClass !== 'DEPENDENCY') continue
    const parent = call.setAside?.isOfOurs === true ? undefined : parentOf(call)
    if (parent === undefined) homeOf(call.rootKey).calls.push(call)
    else homeOf(parent.rootKey).dependants.push(call)
  }
  const idsByPattern = groupBy([...homes.keys()], (key) => splitKey(key).patternId)
  return [...homes]
    .toSorted(([a], [b]) => compare(a, b))
    .map(([clusterId, { calls, dependants }]) => {
      const { patternId, rootEntity } = splitKey(clusterId)
      const alike = idsByPattern.get(patternId) ?? []
      return {
        clusterId,
        patternId,
        rootEntity,
        calls: calls.toSorted(byId),
        dependants: dependants.toSorted(byId),
        sharedWith: alike.filter((other) => other !== clusterId).toSorted(compare),
      }
    })
}
