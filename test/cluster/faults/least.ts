import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Needs } from '../../../chaos/drivers/kube/rights.ts'
import { rbacManifests } from '../../../scripts/commands/manifests.ts'
import type { SharedCluster } from '../shared.ts'
import type { Place } from './run.ts'

interface Kubeconfig {
  users: { name: string; user: object }[]
}

/** The same place as a user who has the rights that `holdfast manifests rbac` prints for these needs, and no other. */
export const asLeastUser = async (cluster: SharedCluster, place: Place, needs: Needs): Promise<Place> => {
  const { namespace } = place
  const manifests = join(cluster.folder, `rbac-${namespace}.yaml`)
  writeFileSync(manifests, rbacManifests(namespace, needs))
  await cluster.kubectl('apply', '-f', manifests)
  const token = (await cluster.kubectl('create', 'token', 'holdfast', `--namespace=${namespace}`)).trim()
  const admin = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8')) as Kubeconfig
  const kubeconfig = join(cluster.folder, `holdfast-${namespace}.kubeconfig`)
  const users = admin.users.map(({ name }) => ({ name, user: { token } }))
  writeFileSync(kubeconfig, JSON.stringify({ ...admin, users }), { mode: 0o600 })
  return { ...place, kubeconfig }
}
