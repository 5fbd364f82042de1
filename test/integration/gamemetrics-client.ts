import { gamemetrics } from '../../systems/gamemetrics/index.ts'
import { GameMetricsSettings } from '../../systems/gamemetrics/settings.ts'
import { makeLog } from '../../systems/lib/log.ts'
import { get, once, post } from './client.ts'
import { type Parts, waitUntil } from './parts.ts'

/** What the tests call, and what they wait for. */
export const gameClient = (parts: Parts) => {
  const batchOf = (id: string, players: string[]) => ({
    id,
    events: players.map((player) => ({ player, type: 'score', value: 10 })),
  })
  return {
    send: (id: string, players: string[]) => post(`${parts.url('ingestion')}/events`, batchOf(id, players)),
    /** Puts a batch into the topic once more, past JetStream's memory of message ids: as a redelivery would. */
    deliverAgain: async (id: string, players: string[]) => {
      const settings = new GameMetricsSettings({ PORT: '1', NATS_URL: parts.url('nats').replace('http', 'nats') })
      const topic = settings.openRawEvents(
        'test',
        makeLog('test', () => undefined),
      )
      await topic.publish(JSON.stringify(batchOf(id, players)), `${id} again`)
      await topic.close()
    },
    player: async (player: string) => (await get(`${parts.url('users')}/players/${player}`)).json,
    predict: (player: string) => post(`${parts.url('recommendations')}/predictions`, { player }),
    counted: (id: string) =>
      waitUntil(`${id} is counted`, async () => (await get(`${parts.url('users')}/batches/${id}`)).status === 200),
    audit: (ids: string[]) =>
      gamemetrics.audit?.({
        baseUrl: parts.url('ingestion'),
        scenarioEnv: { GAMEMETRICS_USERS_URL: parts.url('users') },
        acknowledged: once(ids),
        signal: AbortSignal.timeout(60_000),
      }),
  }
}
