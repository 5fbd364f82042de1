import type { DriverContext } from '../chaos/drivers/driver.ts'
import { HoldfastError } from '../model/errors.ts'
import type { ContainersLayout, LocalLayout, System } from '../model/system.ts'
import type { RunningSystem } from './environment.ts'
import { redactor } from './secrets.ts'

type Entrance = Pick<RunningSystem, 'baseUrl' | 'auditUrl' | 'scenarioEnv' | 'redact'> & Pick<DriverContext, 'proxy'>

/**
 * The ways into a system whose links lead through Toxiproxy: the load's through the client's proxy, the audit's past it.
 * `proxy` throws HoldfastError for a link that the layout lacks.
 */
export const entranceOf = (
  { baseUrl, scenarioEnv, proxies }: LocalLayout | ContainersLayout,
  { secretEnv }: System,
): Entrance => {
  const byName = new Map(proxies.map((proxy) => [proxy.name, proxy]))
  const front = proxies.find(({ from }) => from === 'client')
  return {
    baseUrl,
    auditUrl: front ? `http://127.0.0.1:${front.upstreamPort}` : baseUrl,
    scenarioEnv,
    redact: redactor(scenarioEnv, secretEnv),
    proxy: (name) => {
      const found = byName.get(name)
      if (!found) throw new HoldfastError(`no proxy "${name}"; there are ${[...byName.keys()].join(', ')}`)
      return found
    },
  }
}
