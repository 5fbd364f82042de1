/** Pods that run nothing: kwok plays them. */
export const deployment = (namespace: string, app: string, replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: app, namespace },
  spec: {
    replicas,
    selector: { matchLabels: { app } },
    template: { metadata: { labels: { app } }, spec: { containers: [{ name: app, image: `local/${app}:1` }] } },
  },
})

/** The same, with names that stay. */
export const statefulSet = (namespace: string, app: string, replicas: number) => {
  const { spec, ...rest } = deployment(namespace, app, replicas)
  return { ...rest, kind: 'StatefulSet', spec: { ...spec, serviceName: app } }
}
