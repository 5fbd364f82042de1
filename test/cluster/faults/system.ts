import type { System } from '../../../model/system.ts'

/** Pods of a Deployment `web` (and of `db`) in any cluster; what answers the load is a server of the test. */
export const web: System = {
  name: 'web',
  title: 'Web',
  components: { web: { role: 'answers', replicas: 1 }, db: { role: 'stores', replicas: 1 } },
  links: [{ from: 'web', to: 'db' }],
  sloFile: '',
  weaknesses: {},
  secretEnv: [],
  kubernetes: { selectors: { web: { app: 'web' }, db: { app: 'db' } } },
}
