import { freePort } from '../../testing/free-port.ts'
import { SinkArrivals, type SinkMode, SinkStats } from './erp-sink.ts'
import type { Stoppable } from './keep.ts'
import { answering, ownScript, startProcess } from './own-process.ts'

/** What the measuring asks of the counting ERP. */
export type SinkClient = {
  readonly url: string
  stats(run: string): Promise<SinkStats>
  arrivals(run: string): Promise<SinkArrivals>
  setMode(mode: SinkMode): Promise<void>
  /** Forgets every order it has counted. */
  forget(): Promise<void>
}

/** Talks to a counting ERP. */
export function sinkClient(url: string): SinkClient {
  const get = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json()
  const post = async (path: string, body: unknown) => {
    const answer = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`The sink refused ${path}: ${await answer.text()}`)
  }
  return {
    url,
    stats: async (run) => SinkStats.parse(await get(`/stats?run=${encodeURIComponent(run)}`)),
    arrivals: async (run) =>
      SinkArrivals.parse(await get(`/arrivals?run=${encodeURIComponent(run)}`)),
    setMode: (mode) => post('/mode', mode),
    forget: () => post('/forget', {}),
  }
}

/** The counting ERP in a process of its own; its API lies under `url` + `/erp`. */
export type Sink = SinkClient & Stoppable

/** Starts the counting ERP: 201 after about a millisecond, every order counted as often as it comes. */
export async function startSink(): Promise<Sink> {
  const port = await freePort()
  const { command, args } = ownScript(import.meta.dirname, 'erp-sink-process')
  const process = startProcess({ command, args: [...args, String(port)] })
  const client = sinkClient(`http://127.0.0.1:${port}`)
  await answering(process, `${client.url}/stats`)
  return { ...client, stop: process.stop }
}
