import { HoldfastError, messageOf } from '../../model/errors.ts'
import type { Engine } from './engine.ts'
import { runLabel } from './engine.ts'

export interface RunNetwork {
  name: string
  /** Address of the n-th container, from 0. */
  address: (index: number) => string
}

const attempts = 5
/** The first addresses are the engine's. */
const firstHost = 10

/**
 * A bridge network of the run. Its containers have fixed addresses, so that one that comes back, or is connected
 * again, is where it was; for that the subnet must be named. The engine picks one that is free, and we name that.
 */
export const createNetwork = async (engine: Engine, runId: string, mark: string): Promise<RunNetwork> => {
  const { docker } = engine
  const name = `holdfast-${runId}`
  const create = (Subnet?: string) =>
    docker.createNetwork({
      Name: name,
      Driver: 'bridge',
      Labels: { [runLabel]: mark },
      Options: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' },
      ...(Subnet === undefined ? {} : { IPAM: { Driver: 'default', Config: [{ Subnet }] } }),
    })
  for (let attempt = 1; ; attempt++) {
    const picked = await create().catch((cause: unknown) => {
      throw new HoldfastError(`Docker makes no network: ${messageOf(cause)}`, {
        hint: '`docker network prune` removes networks that nothing uses; `docker network ls` shows them.',
        exitCode: 3,
        cause,
      })
    })
    const { IPAM } = (await picked.inspect()) as { IPAM: { Config?: { Subnet?: string }[] } }
    const subnet = IPAM.Config?.map(({ Subnet }) => Subnet).find((one) => one?.includes('.'))
    await picked.remove()
    if (subnet === undefined) throw new Error('Docker gave the network no IPv4 subnet')
    try {
      await create(subnet)
      return { name, address: (index) => addressIn(subnet, firstHost + index) }
    } catch (error) {
      // Somebody else may have taken it in between.
      if (attempt === attempts || !/overlap/i.test(String(error))) throw error
    }
  }
}

/** `addressIn('172.18.0.0/16', 10)` is `172.18.0.10`. */
export const addressIn = (subnet: string, host: number): string => {
  const [base = '', bits = '24'] = subnet.split('/')
  if (host >= 2 ** (32 - Number(bits)) - 1) throw new Error(`the subnet ${subnet} has no room for ${host} addresses`)
  const number = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0) + host
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.')
}
