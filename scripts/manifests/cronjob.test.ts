import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { makeProgram } from '../program.ts'
import { cronJobManifests, jobName, type ScheduledGameDay } from './cronjob.ts'

const scheduled: ScheduledGameDay = {
  gameDay: 'batchsender/demo',
  schedule: '0 10 * * 2',
  namespace: 'shop',
  image: 'holdfast:1',
  deadlineSeconds: 900,
  secret: 'batchsender',
  serviceAccount: 'holdfast',
}

interface Pod {
  serviceAccountName: string
  restartPolicy: string
  volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[]
  containers: { args: string[]; volumeMounts: { name: string }[] }[]
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

  it.each([{}, { baseUrl: 'http://api:8080' }])('runs a command that the program knows (%j)', (changes) => {
    const [name, , ...rest] = cronJobOf(changes).container?.args ?? []
    const command = makeProgram(() => {}).commands.find((known) => known.name() === name)
    const flags = command?.options.map(({ long }) => long)
    for (const flag of rest.filter((arg) => arg.startsWith('--'))) expect(flags).toContain(flag)
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

describe('holdfast manifests cronjob', () => {
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

  it.each([
    [good.filter((arg) => arg !== 'batchsender/kubernetes'), /needs a game day/],
    [good.slice(0, 4), /needs --schedule/],
    [[...good.slice(0, 5), 'daily', ...good.slice(6)], /needs --schedule with five fields/],
    [good.slice(0, 6), /needs --image/],
    [['cronjob', ...good.slice(1, 2), ...good.slice(4)], /--namespace/],
  ])('refuses %j', async (args, message) => {
    await expect(print(...args)).rejects.toThrow(message)
  })
})
