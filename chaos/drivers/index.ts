import type { Injection } from '../../model/fault.ts'
import { chaosMeshDriver } from './chaos-mesh.ts'
import { commandDriver } from './command.ts'
import { dockerDriver } from './docker.ts'
import type { ActiveInjection, DriverContext } from './driver.ts'
import { kubernetesDriver } from './kubernetes.ts'
import { noneDriver } from './none.ts'
import { processDriver } from './process.ts'
import { proxyDriver } from './proxy.ts'
import { stressDriver } from './stress.ts'

/** The driver of each injection; the only code that injects. */
export const startInjection = (injection: Injection, context: DriverContext): ActiveInjection => {
  switch (injection.driver) {
    case 'none':
      return noneDriver(injection, context)
    case 'process':
      return processDriver(injection, context)
    case 'proxy':
      return proxyDriver(injection, context)
    case 'stress':
      return stressDriver(injection, context)
    case 'docker':
      return dockerDriver(injection, context)
    case 'command':
      return commandDriver(injection, context)
    case 'chaos-mesh':
      return chaosMeshDriver(injection, context)
    case 'kubernetes':
      return kubernetesDriver(injection, context)
  }
}
