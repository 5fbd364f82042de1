import { SetupError } from '../../bootstrap/errors.js'
import { startCluster } from './cluster.ts'
import { startFullCluster } from './full/full-cluster.ts'
import { prepareMachine } from './full/requirements.ts'

/**
 * A cluster to play with: `node test/cluster/up.ts [--full] [folder]` prints the path of its kubeconfig; Ctrl-C takes it
 * down. With --full it has a node that runs real pods; images are imported by the functions in full/.
 */
const full = process.argv.includes('--full')
const folder = process.argv.slice(2).find((argument) => !argument.startsWith('-'))

const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
})

try {
  const startedAt = performance.now()
  const refusal = full ? prepareMachine() : null
  if (refusal !== null) throw new SetupError(`no real pods on this machine: ${refusal}`, 'Leave --full out.')
  const cluster = await (full ? startFullCluster : startCluster)(folder === undefined ? {} : { folder })
  console.log(cluster.kubeconfig)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.error(
    `✔ up in ${seconds} s: kubectl --kubeconfig ${cluster.kubeconfig} --context ${cluster.context} get nodes`,
  )
  console.error('  Ctrl-C takes it down.')
  const alive = setInterval(() => {}, 60_000)
  await interrupted
  clearInterval(alive)
  await cluster.stop()
} catch (error) {
  console.error(
    `✕ ${(error as Error).message}${error instanceof SetupError && error.hint !== '' ? `\n  ${error.hint}` : ''}`,
  )
  process.exitCode = 2
}
