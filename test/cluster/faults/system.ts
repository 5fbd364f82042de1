import type { System } from '../../../model/system.ts'

/** Pods of Deployments `web` and `db`, and of `queue`, in any cluster; what answers the load is a server of the test. */
export const web: System = {
  name: 'web',
  title: 'Web',
  components: {
    web: { role: 'answers', replicas: 1 },
    db: { role: 'stores', replicas: 1 },
    queue: { role: 'queues', replicas: 1 },
  },
  links: [{ from: 'web', to: 'db' }],
  sloFile: '',
  weaknesses: {},
  secretEnv: [],
  kubernetes: { selectors: { web: { app: 'web' }, db: { app: 'db' }, queue: { app: 'queue' } } },
}
