/** What a scheduled game day is told; everything else is decided here. */
export interface ScheduledGameDay {
  gameDay: string
  /** Five cron fields, in the time zone of the cluster's controller unless `timeZone` is given. */
  schedule: string
  timeZone?: string | undefined
  /** Where the system runs, the faults go, and the job lives. */
  namespace: string
  /** Image of Holdfast (the `Dockerfile` of the repository). */
  image: string
  /** As a pod of the cluster reaches the system. */
  baseUrl: string
  /** Longest time of a whole run: after it the job is told to end, and removes its faults. */
  deadlineSeconds: number
  /** Secret whose keys become environment variables: what the scenarios need, and HOLDFAST_NOTIFY_URL. */
  secret: string
  /** Service account that may do what a run needs. */
  serviceAccount: string
}

type Manifest = Record<string, unknown>

/** Faults and processes are removed within it when the job is told to end. */
const graceSeconds = 120
/** A CronJob's name with the time that its jobs get after it stays below a label's 63 characters. */
const longestName = 52

/** A name that Kubernetes takes: `holdfast-batchsender-demo`. */
export const jobName = (gameDay: string): string =>
  `holdfast-${gameDay.toLowerCase()}`
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longestName)
    .replace(/-+$/, '')

/**
 * The CronJob of a game day and the volume of its records. Two runs never overlap, a missed start is not made up
 * for, and a run that failed is not repeated: its verdict is the result.
 */
export const cronJobManifests = (scheduled: ScheduledGameDay): Manifest[] => {
  const { namespace, serviceAccount } = scheduled
  const name = jobName(scheduled.gameDay)
  const labels = { 'app.kubernetes.io/name': 'holdfast', 'app.kubernetes.io/component': 'game-day' }
  const metadata = { name, namespace, labels }
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: `${name}-records`, namespace, labels },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } } },
    },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata,
      spec: {
        schedule: scheduled.schedule,
        ...(scheduled.timeZone === undefined ? {} : { timeZone: scheduled.timeZone }),
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 300,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          spec: {
            backoffLimit: 0,
            activeDeadlineSeconds: scheduled.deadlineSeconds,
            template: {
              metadata: { labels },
              spec: {
                serviceAccountName: serviceAccount,
                restartPolicy: 'Never',
                terminationGracePeriodSeconds: graceSeconds,
                // What Kubernetes' Pod Security Standard "restricted" asks for, together with the container's own.
                securityContext: {
                  runAsNonRoot: true,
                  runAsUser: 1000,
                  runAsGroup: 1000,
                  fsGroup: 1000,
                  seccompProfile: { type: 'RuntimeDefault' },
                },
                containers: [container(scheduled)],
                volumes: [
                  { name: 'records', persistentVolumeClaim: { claimName: `${name}-records` } },
                  { name: 'tmp', emptyDir: {} },
                ],
              },
            },
          },
        },
      },
    },
  ]
}

const container = ({ image, gameDay, namespace, baseUrl, secret }: ScheduledGameDay) => ({
  name: 'holdfast',
  image,
  // Of `latest` the kubelet would ask a registry, also where the image was put on the node (`kind load`).
  imagePullPolicy: 'IfNotPresent',
  args: [
    'run',
    gameDay,
    ...['--env', 'kubernetes', '--in-cluster', '--namespace', namespace],
    ...['--base-url', baseUrl, '--out', '/records'],
  ],
  env: [
    // Locks and the safety lever beside the records: they outlive the pod.
    { name: 'XDG_STATE_HOME', value: '/records/.state' },
    { name: 'NO_COLOR', value: '1' },
  ],
  envFrom: [{ secretRef: { name: secret, optional: true } }],
  resources: { requests: { cpu: '1', memory: '512Mi' }, limits: { memory: '2Gi' } },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  },
  volumeMounts: [
    { name: 'records', mountPath: '/records' },
    { name: 'tmp', mountPath: '/tmp' },
  ],
})
