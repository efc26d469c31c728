import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { packageRoot } from '../../backbone/store/package-root.ts'
import { freePort } from '../../testing/free-port.ts'
import { LoadPlan } from '../load/load-plan.ts'
import { runLoad } from '../load/run-load.ts'
import { openErpSink } from './erp-sink.ts'
import { inboundPath, startFurnished } from './furnish.ts'
import { keeping } from './keep.ts'

const isBuilt = existsSync(join(packageRoot(), 'dist', 'cli', 'main.js'))
const OrderView = z.object({
  stage: z.string(),
  holds: z.array(z.unknown()),
  findings: z.array(z.unknown()),
})

// With TEST_DATABASE_URL the suite runs a second time: once is enough for the generator.
test.skipIf(!isBuilt || process.env['TEST_DATABASE_URL'] !== undefined)(
  'generated orders pass every check of the built product and are released with no hold',
  async () => {
    await keeping(async (keep) => {
      const sink = keep(await openErpSink(await freePort()))
      const { quittance, api } = await startFurnished(keep, { sinkUrl: sink.url })
      const result = await runLoad(
        LoadPlan.parse({
          ...{ urls: quittance.urls.map((url) => url + inboundPath), sinkUrl: sink.url },
          ...{ run: 'furnished', orders: 12, pace: { loop: 'closed', clients: 4 } },
          ...{ pids: quittance.pids, waitSeconds: 30 },
        }),
      )
      expect(result).toMatchObject({ accepted: 12, refused: {}, lost: 0, doubled: 0 })
      for (const number of ['SO-000001', 'SO-000012'])
        expect(OrderView.parse(await api.get(`/v1/orders/${number}`))).toEqual({
          ...{ stage: 'released', holds: [], findings: [] },
        })
    })
  },
  90_000,
)
