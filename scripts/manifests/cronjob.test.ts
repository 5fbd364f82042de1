import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { makeProgram } from '../program.ts'
import { cronJobManifests, jobName, type ScheduledGameDay } from './cronjob.ts'

const scheduled: ScheduledGameDay = {
  gameDay: 'batchsender/demo',
  schedule: '0 10 * * 2',
  namespace: 'shop',
  image: 'holdfast:1',
  baseUrl: 'http://api:8080',
  deadlineSeconds: 900,
  secret: 'batchsender',
  serviceAccount: 'holdfast',
}

interface Pod {
  serviceAccountName: string
  restartPolicy: string
  volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[]
  securityContext: object
  containers: {
    image: string
    imagePullPolicy: string
    args: string[]
    securityContext: object
    volumeMounts: { name: string; mountPath: string }[]
  }[]
}

const cronJobOf = (changes: Partial<ScheduledGameDay> = {}) => {
  const [claim, job] = cronJobManifests({ ...scheduled, ...changes }) as [
    { metadata: { name: string } },
    {
      spec: {
        concurrencyPolicy: string
        timeZone?: string
        jobTemplate: { spec: { backoffLimit: number; template: { spec: Pod } } }
      }
    },
  ]
  const { template, backoffLimit } = job.spec.jobTemplate.spec
  return { claim, spec: job.spec, backoffLimit, pod: template.spec, container: template.spec.containers[0] }
}

describe('the CronJob of a game day', () => {
  it('never runs twice at a time, and never repeats a run for its verdict', () => {
    const { spec, backoffLimit, pod } = cronJobOf()
    expect([spec.concurrencyPolicy, backoffLimit, pod.restartPolicy]).toEqual(['Forbid', 0, 'Never'])
  })

  it('keeps its records on the volume that comes with it', () => {
    const { claim, pod, container } = cronJobOf()
    expect(pod.volumes[0]?.persistentVolumeClaim?.claimName).toBe(claim.metadata.name)
    expect(pod.volumes.map(({ name }) => name)).toEqual(container?.volumeMounts.map(({ name }) => name))
  })

  it('runs a command that the program knows', () => {
    const [name, , ...rest] = cronJobOf().container?.args ?? []
    const command = makeProgram(() => {}).commands.find((known) => known.name() === name)
    const flags = command?.options.map(({ long }) => long)
    for (const flag of rest.filter((arg) => arg.startsWith('--'))) expect(flags).toContain(flag)
  })

  it('takes an image that is on the node', () => {
    expect(cronJobOf().container?.imagePullPolicy).toBe('IfNotPresent')
  })

  it('has the volume that the page on Kubernetes fetches the reports from, by a pod that may do no more', () => {
    const page = readFileSync(resolve(import.meta.dirname, '../../docs/kubernetes.md'), 'utf8')
    const { spec } = parse(/<<'END'\n(.*?)\nEND\n/s.exec(page)?.[1] ?? '') as { spec: Pod }
    const { claim, pod, container } = cronJobOf({ gameDay: 'batchsender/kubernetes' })
    expect(spec.volumes[0]?.persistentVolumeClaim?.claimName).toBe(claim.metadata.name)
    expect(spec.securityContext).toEqual(pod.securityContext)
    expect(spec.containers[0]?.securityContext).toEqual(container?.securityContext)
    expect(spec.containers[0]?.volumeMounts).toEqual([container?.volumeMounts[0]])
  })

  it('has a time zone when one is given', () => {
    expect(cronJobOf().spec).not.toHaveProperty('timeZone')
    expect(cronJobOf({ timeZone: 'Europe/Berlin' }).spec.timeZone).toBe('Europe/Berlin')
  })
})

it.each([
  ['batchsender/demo', 'holdfast-batchsender-demo'],
  ['./My Days/Black_Friday.ts', 'holdfast-my-days-black-friday-ts'],
  [`shop/${'x'.repeat(80)}`, `holdfast-shop-${'x'.repeat(38)}`],
])('%s becomes the name %s', (gameDay, name) => expect(jobName(gameDay)).toBe(name))

describe('holdfast manifests', () => {
  const print = async (...args: string[]): Promise<string> => {
    let text = ''
    const write = process.stdout.write
    process.stdout.write = (chunk: string | Uint8Array) => {
      text += chunk
      return true
    }
    try {
      await makeProgram(() => {}).parseAsync(['manifests', ...args], { from: 'user' })
    } finally {
      process.stdout.write = write
    }
    return text
  }
  const good = [
    'cronjob',
    'batchsender/kubernetes',
    '--namespace',
    'shop',
    '--schedule',
    '0 10 * * 2',
    '--image',
    'h:1',
  ]

  it('prints rights and job together, with a deadline beyond the timeline', async () => {
    const objects = parseAllDocuments(await print(...good)).map((document) => document.toJS())
    expect(objects.map(({ kind }) => kind)).toEqual([
      'ServiceAccount',
      'Role',
      'RoleBinding',
      'PersistentVolumeClaim',
      'CronJob',
    ])
    const job = objects.at(-1)
    expect(job.spec.jobTemplate.spec.activeDeadlineSeconds).toBeGreaterThan(600)
    expect(job.spec.jobTemplate.spec.template.spec.serviceAccountName).toBe(objects[0].metadata.name)
    // It reaches the Service itself: no port-forward, so no right to one.
    expect(JSON.stringify(objects[1])).not.toContain('portforward')
  })

  it('names a game day of the repository as the image knows it', async () => {
    const path = resolve(import.meta.dirname, '../../gamedays/batchsender/kubernetes.ts')
    expect(await print('cronjob', path, ...good.slice(2))).toBe(await print(...good))
  })

  it('refuses a game day that the image does not hold', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'holdfast-manifests-'))
    const day = join(dir, 'day.ts')
    const known = resolve(import.meta.dirname, '../../gamedays/batchsender/smoke.ts')
    writeFileSync(day, `export { default } from ${JSON.stringify(pathToFileURL(known).href)}\n`)
    try {
      await expect(print('cronjob', day, ...good.slice(2))).rejects.toThrow(`${day} is not in the image`)
    } finally {
      rmSync(dir, { recursive: true })
    }
  })

  it('leaves out the right to a port-forward where a base URL is used', async () => {
    const game = ['rbac', 'batchsender/kubernetes', '--namespace', 'shop']
    expect(await print(...game)).toContain('pods/portforward')
    expect(await print(...game, '--base-url', 'http://api:8080')).not.toMatch(/portforward|services/)
  })

  it.each([
    [good.filter((arg) => arg !== 'batchsender/kubernetes'), /needs a game day/],
    [good.slice(0, 4), /needs --schedule/],
    [[...good.slice(0, 5), 'daily', ...good.slice(6)], /needs --schedule with five fields/],
    [good.slice(0, 6), /needs --image/],
    [['cronjob', ...good.slice(1, 2), ...good.slice(4)], /--namespace/],
    [['cronjob', 'todo/smoke', ...good.slice(2)], /todo names no Service that a job could reach/],
    [['rbac', ...good.slice(1)], /--schedule does not go with manifests rbac/],
  ])('refuses %j', async (args, message) => {
    await expect(print(...args)).rejects.toThrow(message)
  })
})
