import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('accepted, duplicate and failed documents are counted by channel', async () => {
  const metrics = createMetrics()
  metrics.documentAccepted({ channel: 'x12', isDuplicate: false })
  metrics.documentAccepted({ channel: 'x12', isDuplicate: true })
  metrics.documentFailed({ channel: 'shopify', reason: 'bad-signature' })
  const text = await metrics.text()
  expect(text).toContain('quittance_documents_accepted_total{channel="x12",duplicate="false"} 1')
  expect(text).toContain('quittance_documents_accepted_total{channel="x12",duplicate="true"} 1')
  expect(text).toContain(
    'quittance_documents_failed_total{channel="shopify",reason="bad-signature"} 1',
  )
  expect(metrics.contentType).toMatch(/^text\/plain; version=0\.0\.4/)
})

test('the time of a step and its failed orders are seen per step', async () => {
  const metrics = createMetrics()
  metrics.stepDone({ step: 'price-lines', orders: 100, failed: 1, durationMs: 40 })
  const text = await metrics.text()
  expect(text).toContain('quittance_step_seconds_bucket{le="0.05",step="price-lines"} 1')
  expect(text).toContain('quittance_step_seconds_bucket{le="0.025",step="price-lines"} 0')
  expect(text).toContain('quittance_step_orders_total{step="price-lines",result="done"} 99')
  expect(text).toContain('quittance_step_orders_total{step="price-lines",result="failed"} 1')
})

test('a failure told by itself is counted and ends nothing', async () => {
  const metrics = createMetrics()
  metrics.stepDone({ step: 'read', orders: 0, failed: 1, durationMs: 0 })
  const text = await metrics.text()
  expect(text).toContain('quittance_step_orders_total{step="read",result="done"} 0')
  expect(text).toContain('quittance_step_orders_total{step="read",result="failed"} 1')
})

test('the age of every queue is read at the scrape, and an emptied queue disappears', async () => {
  const metrics = createMetrics()
  let queues = [{ queue: 'release', oldestSeconds: 1.5, waiting: 3, active: 1 }]
  metrics.watchQueues(async () => queues)
  const text = await metrics.text()
  expect(text).toContain('quittance_queue_age_seconds{queue="release"} 1.5')
  expect(text).toContain('quittance_queue_jobs{queue="release",state="waiting"} 3')
  queues = []
  expect(await metrics.text()).not.toContain('queue="release"')
})

test('a database that is away leaves the other numbers readable', async () => {
  const metrics = createMetrics()
  metrics.watchQueues(() => Promise.reject(new Error('connection refused')))
  metrics.slaBreached({ clock: 'acknowledgement' })
  const text = await metrics.text()
  expect(text).toContain('quittance_sla_breaches_total{clock="acknowledgement"} 1')
  expect(text).toContain('quittance_queue_unread_total 1')
})

test('calls to outside systems, open circuits, dead letters and replays are counted', async () => {
  const metrics = createMetrics()
  metrics.outboxCall({ operation: 'erp.create-order', outcome: 'unknown', durationMs: 3000 })
  metrics.outboxDeadLettered({ operation: 'erp.create-order' })
  metrics.outboxReplayed({ operation: 'erp.create-order', count: 12 })
  metrics.circuitChanged({ connection: 'erp-1', isOpen: true })
  const text = await metrics.text()
  expect(text).toContain(
    'quittance_outbox_call_seconds_count{operation="erp.create-order",outcome="unknown"} 1',
  )
  expect(text).toContain('quittance_outbox_dead_lettered_total{operation="erp.create-order"} 1')
  expect(text).toContain('quittance_outbox_replayed_total{operation="erp.create-order"} 12')
  expect(text).toContain('quittance_outbox_circuit_open{connection="erp-1"} 1')
  metrics.circuitChanged({ connection: 'erp-1', isOpen: false })
  expect(await metrics.text()).toContain('quittance_outbox_circuit_open{connection="erp-1"} 0')
})

test('two houses in one process do not count into each other', async () => {
  const ours = createMetrics()
  const theirs = createMetrics()
  ours.httpAnswered({ method: 'GET', route: '/v1/orders/{id}', status: 200, durationMs: 4 })
  expect(await ours.text()).toContain(
    'quittance_http_seconds_count{method="GET",route="/v1/orders/{id}",status="200"} 1',
  )
  expect(await theirs.text()).not.toContain('/v1/orders')
})
