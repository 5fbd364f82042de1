/** The usual labels of each component's pods: which system they are part of, and which part. */
export const podLabels = (system: string, components: string[]): Record<string, Record<string, string>> =>
  Object.fromEntries(
    components.map((name) => [name, { 'app.kubernetes.io/part-of': system, 'app.kubernetes.io/name': name }]),
  )
