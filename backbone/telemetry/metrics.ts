import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { groupBy } from '../canonical/group-by.ts'

// The shape of the job queue's own `depths()`.
type QueueDepth = {
  readonly queue: string
  readonly waiting: number
  readonly active: number
  readonly oldestSeconds: number
}

// What back-pressure shows of itself.
type IntakePressure = {
  readonly deliveries: number
  readonly bytes: number
  readonly isDatabaseAway: boolean
  readonly lateTenants: number
  readonly disk: { readonly freeBytes: number } | undefined
  readonly oldest: readonly { readonly queue: string; readonly seconds: number }[]
}

/** What the house counts for those who watch it. */
export type Metrics = {
  /** A document is durable with us; `isDuplicate` when it was here before. */
  documentAccepted(document: { channel: string; isDuplicate: boolean }): void
  /** A document was turned away or quarantined; `reason` is a short code. */
  documentFailed(document: { channel: string; reason: string }): void
  /** A delivery was refused because it could not be kept now; `reason` names the problem. */
  intakeRefused(refusal: { reason: string }): void
  /** A step took a batch through. */
  stepDone(step: { step: string; orders: number; failed: number; durationMs: number }): void
  /** A step of the checks of an order loaded its facts, or decided over them, in a dry run. */
  checkPartDone(part: { step: string; part: 'load' | 'decide'; durationMs: number }): void
  /** A call to an outside system ended. */
  outboxCall(call: {
    operation: string
    outcome: 'done' | 'refused' | 'failed' | 'unknown'
    durationMs: number
  }): void
  /** A call was given up and waits for a person. */
  outboxDeadLettered(call: { operation: string }): void
  /** A person or a policy sent given-up calls again. */
  outboxReplayed(call: { operation: string; count: number }): void
  /** A connection's circuit breaker opened or closed. */
  circuitChanged(circuit: { connection: string; isOpen: boolean }): void
  /** A promise of time was broken. */
  slaBreached(sla: { clock: string }): void
  /** A route answered. `route` is the pattern, never the path with its ids. */
  httpAnswered(answer: { method: string; route: string; status: number; durationMs: number }): void
  /** Asks for the age and depth of the queues at every scrape. */
  watchQueues(read: () => Promise<readonly QueueDepth[]>): void
  /** Asks for what presses on intake at every scrape. */
  watchIntake(read: () => IntakePressure): void
  /** Everything counted so far, in Prometheus' text format. */
  text(): Promise<string>
  readonly contentType: string
}

const stepSeconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const callSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

function documentCounters(registers: Registry[]) {
  const accepted = new Counter({
    name: 'quittance_documents_accepted_total',
    help: 'Inbound documents made durable and answered.',
    labelNames: ['channel', 'duplicate'],
    registers,
  })
  const failed = new Counter({
    name: 'quittance_documents_failed_total',
    help: 'Inbound documents turned away or quarantined.',
    labelNames: ['channel', 'reason'],
    registers,
  })
  return {
    documentAccepted: ({ channel, isDuplicate }) =>
      accepted.inc({ channel, duplicate: String(isDuplicate) }),
    documentFailed: (document) => failed.inc(document),
  } satisfies Partial<Metrics>
}

function flowCounters(registers: Registry[]) {
  const seconds = new Histogram({
    name: 'quittance_step_seconds',
    help: 'Time one batch took through a step.',
    labelNames: ['step'],
    buckets: stepSeconds,
    registers,
  })
  const orders = new Counter({
    name: 'quittance_step_orders_total',
    help: 'Orders taken through a step.',
    labelNames: ['step', 'result'],
    registers,
  })
  const checkSeconds = new Histogram({
    name: 'quittance_check_part_seconds',
    help: 'Time a dry run of an order took in a step: asking for facts, or deciding over them.',
    labelNames: ['step', 'part'],
    buckets: stepSeconds,
    registers,
  })
  const breaches = new Counter({
    name: 'quittance_sla_breaches_total',
    help: 'Promises of time that were broken.',
    labelNames: ['clock'],
    registers,
  })
  return {
    stepDone: ({ step, orders: taken, failed, durationMs }) => {
      seconds.observe({ step }, durationMs / 1000)
      // A failure may be told by itself, and a counter that is asked to go back would end the process.
      orders.inc({ step, result: 'done' }, Math.max(0, taken - failed))
      orders.inc({ step, result: 'failed' }, failed)
    },
    checkPartDone: ({ step, part, durationMs }) =>
      checkSeconds.observe({ step, part }, durationMs / 1000),
    slaBreached: (sla) => breaches.inc(sla),
  } satisfies Partial<Metrics>
}

function outboxCounters(registers: Registry[]) {
  const seconds = new Histogram({
    name: 'quittance_outbox_call_seconds',
    help: 'Time of calls to outside systems, by how they ended.',
    labelNames: ['operation', 'outcome'],
    buckets: callSeconds,
    registers,
  })
  const deadLettered = new Counter({
    name: 'quittance_outbox_dead_lettered_total',
    help: 'Calls given up that wait for a person.',
    labelNames: ['operation'],
    registers,
  })
  const replayed = new Counter({
    name: 'quittance_outbox_replayed_total',
    help: 'Given-up calls sent again.',
    labelNames: ['operation'],
    registers,
  })
  const circuit = new Gauge({
    name: 'quittance_outbox_circuit_open',
    help: '1 while calls to a connection are held back by its circuit breaker.',
    labelNames: ['connection'],
    registers,
  })
  return {
    outboxCall: ({ operation, outcome, durationMs }) =>
      seconds.observe({ operation, outcome }, durationMs / 1000),
    outboxDeadLettered: (call) => deadLettered.inc(call),
    outboxReplayed: ({ operation, count }) => replayed.inc({ operation }, count),
    circuitChanged: ({ connection, isOpen }) => circuit.set({ connection }, isOpen ? 1 : 0),
  } satisfies Partial<Metrics>
}

function httpCounters(registers: Registry[]) {
  const seconds = new Histogram({
    name: 'quittance_http_seconds',
    help: 'Time to answer a request.',
    labelNames: ['method', 'route', 'status'],
    buckets: stepSeconds,
    registers,
  })
  return {
    httpAnswered: ({ method, route, status, durationMs }) =>
      seconds.observe({ method, route, status: String(status) }, durationMs / 1000),
  } satisfies Partial<Metrics>
}

function queueGauges(registers: Registry[]) {
  const readers: (() => Promise<readonly QueueDepth[]>)[] = []
  const jobs = new Gauge({
    name: 'quittance_queue_jobs',
    help: 'Jobs that wait in a queue or are being worked on.',
    labelNames: ['queue', 'state'],
    registers,
  })
  const unread = new Counter({
    name: 'quittance_queue_unread_total',
    help: 'Scrapes that could not read the queues.',
    registers,
  })
  const age = new Gauge({
    name: 'quittance_queue_age_seconds',
    help: 'How long the oldest waiting job of a queue has waited.',
    labelNames: ['queue'],
    registers,
  })
  const scrape = async (): Promise<void> => {
    const found = await Promise.allSettled(readers.map((read) => read()))
    age.reset()
    jobs.reset()
    for (const queues of found) {
      // A database that is away must not take the other numbers with it.
      if (queues.status === 'rejected') unread.inc()
      else
        for (const { queue, waiting, active, oldestSeconds } of queues.value) {
          age.set({ queue }, oldestSeconds)
          jobs.set({ queue, state: 'waiting' }, waiting)
          jobs.set({ queue, state: 'active' }, active)
        }
    }
  }
  return {
    scrape,
    watchQueues: (read: () => Promise<readonly QueueDepth[]>) => void readers.push(read),
  }
}

function intakeGauges(registers: Registry[]) {
  const refused = new Counter({
    name: 'quittance_intake_refused_total',
    help: 'Deliveries refused because they could not be kept at that moment; their senders were told when to come again.',
    labelNames: ['reason'],
    registers,
  })
  const gauge = (name: string, help: string, collect: (gauge: Gauge<'queue'>) => void) =>
    new Gauge({
      name,
      help,
      labelNames: ['queue'],
      registers,
      collect() {
        collect(this)
      },
    })
  const watchIntake = (read: () => IntakePressure): void => {
    gauge('quittance_intake_deliveries', 'Deliveries between arrival and commit.', (found) =>
      found.set(read().deliveries),
    )
    gauge('quittance_intake_bytes', 'Bytes of bodies of these deliveries.', (found) =>
      found.set(read().bytes),
    )
    gauge('quittance_database_away', '1 while the database does not answer.', (found) =>
      found.set(read().isDatabaseAway ? 1 : 0),
    )
    gauge(
      'quittance_intake_late_tenants',
      'Tenants refused because their documents wait too long.',
      (found) => found.set(read().lateTenants),
    )
    gauge(
      'quittance_disk_free_bytes',
      'Free bytes on the disk of the built-in database.',
      (found) => {
        const { disk } = read()
        if (disk !== undefined) found.set(disk.freeBytes)
      },
    )
    gauge(
      'quittance_intake_oldest_seconds',
      'How long the oldest job of intake and decisions has been due, as back-pressure sees it.',
      (found) => {
        found.reset()
        for (const [queue, jobs] of groupBy(read().oldest, (job) => job.queue))
          found.set({ queue }, Math.max(...jobs.map(({ seconds }) => seconds)))
      },
    )
  }
  return { watchIntake, intakeRefused: (refusal: { reason: string }) => refused.inc(refusal) }
}

function watchProcess(registers: Registry[]): void {
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Memory of the process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  new Gauge({
    name: 'process_cpu_seconds_total',
    help: 'Processor time of the process.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.set((user + system) / 1_000_000)
    },
  })
}

/** Makes the counters of one running house; nothing is shared between two of them. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const { scrape, watchQueues } = queueGauges(registers)
  watchProcess(registers)
  return {
    ...documentCounters(registers),
    ...flowCounters(registers),
    ...outboxCounters(registers),
    ...httpCounters(registers),
    ...intakeGauges(registers),
    watchQueues,
    text: async () => {
      await scrape()
      return registry.metrics()
    },
    contentType: registry.contentType,
  }
}
