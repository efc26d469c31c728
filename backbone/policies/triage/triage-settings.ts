import { z } from 'zod'
import { FailureClass } from '../../canonical/failures/failure-class.ts'
import { definePolicy } from '../policy-in-force.ts'

const Confidence = z.number().min(0).max(1)

const OutageRule = z.object({
  failuresInARow: z.int().min(1).max(1_000).default(5).meta({
    description: 'Failures in a row after which a connection counts as away.',
  }),
  windowMinutes: z.int().min(1).max(1_440).default(5).meta({
    description: 'Minutes over which the share of failures is taken.',
  }),
  leastCalls: z.int().min(1).max(10_000).default(20).meta({
    description: 'Calls in the window below which the share says nothing.',
  }),
  failurePercent: z.number().min(1).max(100).default(50).meta({
    description: 'Percent of the calls of the window that fail when a connection counts as away.',
  }),
})

const RetryRule = z.object({
  maxTries: z.int().min(1).max(100).default(8).meta({
    description: 'Tries of one call after which a person is asked.',
  }),
  baseMs: z.int().min(1).max(3_600_000).default(1_000).meta({
    description: 'Milliseconds the wait starts from; it doubles with every try.',
  }),
  capMs: z.int().min(1).max(86_400_000).default(300_000).meta({
    description: 'Longest wait between two tries, in milliseconds.',
  }),
  keyValidHours: z.number().positive().max(8_760).default(24).meta({
    description:
      'Hours for which a system keeps an idempotency key; after them a call in doubt that cannot be looked up is a person’s matter.',
  }),
  budgetPercent: z.number().min(0).max(100).default(10).meta({
    description: 'Repeats of a connection in percent of its first tries over the window below.',
  }),
  budgetLeast: z.int().min(1).max(10_000).default(10).meta({
    description:
      'Repeats a connection has in every window however little goes to it, so that a quiet one can try again at all.',
  }),
  budgetMinutes: z.number().min(0.1).max(1_440).default(5).meta({
    description: 'Minutes over which repeats and first tries are counted.',
  }),
})

const PoisonRule = z.object({
  sameWayFailures: z.int().min(2).max(100).default(3).meta({
    description: 'Times one record fails in the same way before it is set aside as poison.',
  }),
  classes: z.array(FailureClass).default(['UNKNOWN', 'SCHEMA', 'PARTIAL_SUCCESS']).meta({
    description: 'Classes in which a record that keeps failing is poison; others have a fix.',
  }),
})

const UrgencyBand = z.object({
  withinHours: z.number().min(0).max(8_760),
  factor: z.number().positive().max(1_000),
})

const TriageSettings = z.object({
  confidence: z
    .object({
      codeAndMessage: Confidence.default(0.99),
      code: Confidence.default(0.95),
      message: Confidence.default(0.9),
      status: Confidence.default(0.7),
      recorded: Confidence.default(0.5),
    })
    .prefault({})
    .meta({
      description: 'How sure a class is by what it was recognised from, 0 to 1; UNKNOWN has 0.',
    }),
  outage: OutageRule.prefault({}),
  retry: RetryRule.prefault({}),
  poison: PoisonRule.prefault({}),
  suspectHours: z.number().positive().max(720).default(24).meta({
    description: 'Hours before a first failure in which a change is a suspect.',
  }),
  mostSuspects: z.int().min(1).max(100).default(10).meta({
    description: 'Suspects shown for a cause, the most telling first.',
  }),
  urgency: z
    .array(UrgencyBand)
    .default([
      { withinHours: 0, factor: 4 },
      { withinHours: 4, factor: 3 },
      { withinHours: 24, factor: 2 },
    ])
    .meta({
      description:
        'Factor of the priority by the hours left to the nearest promise of the blocked orders; 0 hours is past it. Later, or without one, it is 1.',
    }),
  /** Rates for planning only: they order a work list and book nothing. */
  planningRates: z.record(z.string(), z.number().positive()).default({}).meta({
    description:
      'What one minor unit of a currency counts in the priority; 1 where it is not listed.',
  }),
})
export type TriageSettings = z.infer<typeof TriageSettings>

/** How failures are classed, tried again and put in order (domain rules 3.3). */
export const triagePolicy = definePolicy<TriageSettings>({
  name: 'triage',
  about: 'How failed calls and documents are classed, tried again, clustered and put in order.',
  schema: TriageSettings,
})
