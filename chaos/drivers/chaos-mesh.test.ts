import { expect, test } from 'vitest'
import { chaosMeshDriver } from './chaos-mesh.ts'
import type { DriverContext } from './driver.ts'
import type { Cluster } from './kube/connect.ts'
import { MeshSession } from './kube/session.ts'

const ref = { context: 'c', kubeconfig: [], namespace: 'shop', server: 'https://127.0.0.1:9' }

/** A fault of which the watch has not seen anything. */
const unseen = (probe: string) => {
  const session = new MeshSession({ ref, api: {} } as unknown as Cluster, 'r')
  const context = { mesh: () => session, probeEnv: process.env } as unknown as DriverContext
  const { signal } = new AbortController()
  const fault = { driver: 'chaos-mesh', namespace: 'shop', kind: 'StressChaos', spec: {}, oneShot: false } as const
  return chaosMeshDriver({ ...fault, probe: { argv: ['sh', '-c', probe], timeoutMs: 5_000 } }, context).stillActive?.(
    signal,
  )
}

test('a target that feels a fault no more counts, also where the watch cannot tell', async () => {
  expect(await unseen('exit 1')).toMatchObject({ ok: false, text: expect.stringContaining('exit 1') })
})

test('a target that feels it does not make up for a watch that cannot tell', async () => {
  expect(await unseen('exit 0')).toBeNull()
  expect(await unseen('kill -9 $$')).toBeNull()
})
