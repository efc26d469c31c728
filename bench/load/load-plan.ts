import { z } from 'zod'
import { Latency } from './statistics.ts'

/** What the load generator is asked to do. */
export const LoadPlan = z.object({
  /** Where orders are posted; several servers take turns. */
  urls: z.array(z.url()).min(1),
  sinkUrl: z.url(),
  /** Names the orders: every run of a bench has a name of its own. */
  run: z.string().regex(/^[a-z0-9]+$/i),
  seed: z.int().default(7),
  orders: z.int().min(1),
  /** Orders sent and awaited before anything is measured. */
  warmUpOrders: z.int().min(0).default(0),
  pace: z.discriminatedUnion('loop', [
    /** So many clients, each sends its next order when the last is answered. */
    z.object({ loop: z.literal('closed'), clients: z.int().min(1) }),
    /** Orders are sent at fixed moments whatever happens; waiting counts from the intended moment. */
    z.object({ loop: z.literal('open'), ordersPerSecond: z.number().positive() }),
  ]),
  /** No new orders after so many seconds. */
  sendingSeconds: z.number().positive().default(60),
  /** How long to wait for the last orders at the ERP. */
  waitSeconds: z.number().positive().default(90),
  /** Processes whose families' CPU and memory are counted. */
  pids: z.array(z.int()).default([]),
  postmasterPid: z.int().optional(),
})
export type LoadPlan = z.infer<typeof LoadPlan>

/** What came of a load. */
export const LoadResult = z.object({
  run: z.string(),
  sent: z.int(),
  accepted: z.int(),
  /** How often each other answer came. */
  refused: z.record(z.string(), z.int()),
  acceptPerSecond: z.number(),
  /** From the first order sent to the last at the ERP. */
  endToEndPerSecond: z.number(),
  acceptMs: Latency,
  endToEndMs: Latency,
  /** Accepted and never at the ERP; more than once at the ERP. */
  lost: z.int(),
  doubled: z.int(),
  /** The target's processes; the database apart. */
  cpuMsPerOrder: z.number(),
  databaseCpuMsPerOrder: z.number(),
  peakRssMb: z.number(),
  generatorCpuSeconds: z.number(),
  machineBusyPercent: z.number(),
  /** Of all CPU time, what neither this bench nor its database used: noise. */
  neighboursPercent: z.number(),
  seconds: z.number(),
})
export type LoadResult = z.infer<typeof LoadResult>
