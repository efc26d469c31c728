import type {
  CallOutcome,
  Connector,
  Operation,
  OutboundCall,
} from '../backbone/connectors/connector.ts'

/** A call as an outside system of the test got it. */
type ArrivedCall = Pick<OutboundCall, 'operation' | 'document' | 'idempotencyKey'>

/** What an outside system answers; nothing means that it does what it is asked. */
export type Answer = (call: OutboundCall) => CallOutcome | undefined

/** The outside of all trades of a world, by tenant: how it answers, and what it was asked. */
export type FarSide = {
  readonly answers: Map<string, Answer>
  readonly arrived: Map<string, ArrivedCall[]>
}

const partnerKinds = ['x12']

const operationKinds = {
  'erp.create-order': ['erp'],
  'erp.change-order': ['erp'],
  'erp.cancel-order': ['erp'],
  'erp.post-invoice': ['erp'],
  'erp.post-payment': ['erp'],
  'erp.post-credit-note': ['erp'],
  'erp.apply-credit': ['erp'],
  'wms.request-pick': ['wms'],
  'wms.cancel-pick': ['wms'],
  'partner.acknowledgement': partnerKinds,
  'partner.ship-notice': partnerKinds,
  'partner.invoice': partnerKinds,
  'partner.technical-acknowledgement': partnerKinds,
  'shop.fulfilment': ['shopify'],
  'webhook.event': ['webhook'],
} as const satisfies Partial<Record<Operation, readonly string[]>>

type TestOperation = keyof typeof operationKinds

const isTestOperation = (name: string): name is TestOperation => name in operationKinds

function operationsOf(kind: string): Operation[] {
  return Object.entries(operationKinds).flatMap(([name, ofKinds]) =>
    isTestOperation(name) && ofKinds.some((other) => other === kind) ? [name] : [],
  )
}

/** The connector of one kind of outside system: it notes what came and does what the test says. */
export function testConnector(kind: string, { answers, arrived }: FarSide): Connector {
  return {
    kind,
    operations: operationsOf(kind),
    timeoutMs: 5_000,
    checkSettings: () => [],
    test: async () => ({ isReachable: true, detail: '' }),
    async send(call, connection) {
      const outcome = answers.get(connection.tenantId)?.(call)
      if (outcome !== undefined) return outcome
      const { operation, document, idempotencyKey } = call
      const known = arrived.get(connection.tenantId) ?? []
      arrived.set(connection.tenantId, [...known, { operation, document, idempotencyKey }])
      return { outcome: 'done', externalId: `${kind}-${known.length + 1}` }
    },
  }
}
