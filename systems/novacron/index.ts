import type { Link, System } from '../../model/system.ts'
import { containerParts } from '../lib/container-parts.ts'
import { localParts } from '../lib/local-parts.ts'
import { poolSeries, serviceSeries } from '../lib/series.ts'
import { auditOperations } from './audit.ts'
import { options } from './options.ts'
import { describeParts } from './parts.ts'
import { weaknesses } from './weaknesses.ts'

const links: Link[] = [
  { from: 'client', to: 'api' },
  { from: 'api', to: 'postgres' },
  { from: 'api', to: 'cache' },
  { from: 'worker', to: 'postgres' },
  { from: 'worker', to: 'cache' },
  { from: 'worker', to: 'host-a' },
  { from: 'worker', to: 'host-b' },
]

const host = {
  role: 'runs the VMs of its zone',
  replicas: 1,
  standsFor: 'a fake host: VMs that are only entries',
  series: [...serviceSeries, 'memory_used_ratio'],
}

/** NovaCron: orchestration of virtual machines. Locally a stand-in of the same shape, on real PostgreSQL. */
export const novacron: System = {
  name: 'novacron',
  title: 'NovaCron (VM orchestration)',
  components: {
    api: {
      role: 'takes operations, tells of them',
      replicas: 1,
      standsFor: 'a stand-in of the NovaCron API',
      series: [...serviceSeries, ...poolSeries, 'queue_depth', 'memory_used_ratio'],
    },
    worker: {
      role: 'carries operations out',
      replicas: 2,
      standsFor: 'a stand-in of the VM operations',
      series: [...serviceSeries, ...poolSeries, 'memory_used_ratio'],
    },
    'host-a': host,
    'host-b': host,
    postgres: { role: 'holds VMs and operations', replicas: 1, series: [] },
    cache: {
      role: 'keeps reads for a second',
      replicas: 1,
      standsFor: 'a small Node process for Redis',
      series: [...serviceSeries, 'cache_keys'],
    },
  },
  links,
  sloFile: 'slos/novacron.yaml',
  weaknesses,
  options,
  secretEnv: [],
  local: localParts(links, describeParts),
  containers: containerParts(links, describeParts),
  audit: auditOperations,
  externalEnv: () => ({}),
}
