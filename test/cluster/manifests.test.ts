import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sharedCluster } from './shared.ts'

const projectDir = resolve(import.meta.dirname, '../..')
const program = join(projectDir, 'scripts/holdfast.ts')
const dir = mkdtempSync(join(tmpdir(), 'holdfast-manifests-'))
const cluster = sharedCluster()

beforeAll(async () => {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels } })
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const print = (...args: string[]): string => {
  const file = join(dir, `${args[0]}.yaml`)
  writeFileSync(file, execFileSync(process.execPath, [program, 'manifests', ...args], { encoding: 'utf8' }))
  return file
}

// A field that the API server does not know is an error there, not only a warning.
const strictly = ['--namespace=shop', '--dry-run=server', '--validate=strict', '--output=name']

const printCronJob = (...schedule: string[]): string =>
  print('cronjob', 'batchsender/kubernetes', '--namespace', 'shop', '--image', 'holdfast:1', '--schedule', ...schedule)

test('the API server takes the CronJob of a game day and its rights as they are printed', async () => {
  const file = printCronJob('0 10 * * 2', '--time-zone', 'Europe/Berlin')
  const applied = await cluster.kubectl('apply', ...strictly, `--filename=${file}`)
  expect(applied.trim().split('\n')).toEqual([
    'serviceaccount/holdfast',
    'role.rbac.authorization.k8s.io/holdfast',
    'rolebinding.rbac.authorization.k8s.io/holdfast',
    'persistentvolumeclaim/holdfast-batchsender-kubernetes-records',
    'cronjob.batch/holdfast-batchsender-kubernetes',
  ])
})

test('the CronJob starts a pod, also where pods are restricted; it finds a node when its volume is there', async () => {
  const name = 'holdfast-batchsender-kubernetes'
  const shop = '--namespace=shop'
  await cluster.kubectl('apply', shop, '--validate=strict', `--filename=${printCronJob('* * * * *')}`)
  // The controller then finds a start that it missed, and does not wait for the next minute.
  const missed = JSON.stringify({ status: { lastScheduleTime: new Date(Date.now() - 120_000).toISOString() } })
  await cluster.kubectl('patch', 'cronjob', name, shop, '--subresource=status', '--type=merge', `--patch=${missed}`)
  const selector = '--selector=app.kubernetes.io/component=game-day'
  await cluster.kubectl('wait', 'pod', selector, shop, '--for=create', '--timeout=90s')
  const { items } = JSON.parse(await cluster.kubectl('get', 'pods', selector, shop, '--output=json')) as {
    items: { metadata: { name: string }; spec: { serviceAccountName: string; containers: { args: string[] }[] } }[]
  }
  const [pod] = items
  expect(pod?.spec.serviceAccountName).toBe('holdfast')
  expect(pod?.spec.containers[0]?.args.join(' ')).toBe(
    'run batchsender/kubernetes --env kubernetes --in-cluster --namespace shop --base-url http://api.shop.svc:8080 --out /records',
  )

  await cluster.apply({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'records' },
    spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/records' } },
  })
  await cluster.kubectl('wait', `pod/${pod?.metadata.name}`, shop, '--for=condition=PodScheduled', '--timeout=120s')
})

test("the API server takes BatchSender's stand-in", async () => {
  const folder = join(projectDir, 'systems/batchsender/kubernetes')
  const applied = await cluster.kubectl('apply', ...strictly, `--kustomize=${folder}`)
  const workloads = applied
    .trim()
    .split('\n')
    .filter((name) => name.includes('apps/'))
  expect(workloads.sort()).toEqual([
    'deployment.apps/api',
    'deployment.apps/provider',
    'deployment.apps/worker',
    'statefulset.apps/nats',
    'statefulset.apps/postgres',
  ])
})

test('holdfast plan names the pods of the stand-in; a run says when they do not answer, and leaves nothing', async () => {
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mails' } })
  const mails = '--namespace=mails'
  // No provisioner runs here: the claims of the queue and of the database are given a volume each.
  for (const name of ['one', 'two'])
    await cluster.apply({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: { capacity: { storage: '100Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: `/volumes/${name}` } },
    })
  const folder = join(projectDir, 'systems/batchsender/kubernetes')
  await cluster.kubectl('apply', mails, '--server-side', `--kustomize=${folder}`)
  // Only pods that run are targets, and the queue's is one.
  for (const workload of ['deployment/api', 'deployment/worker', 'statefulset/nats'])
    await cluster.kubectl('rollout', 'status', workload, mails, '--timeout=120s')
  const pods = async (name: string) => {
    const selector = `--selector=app.kubernetes.io/name=${name}`
    return (await cluster.kubectl('get', 'pods', mails, selector, '--output=jsonpath={.items[*].metadata.name}')).split(
      ' ',
    )
  }
  const command = (...words: string[]) => {
    const where = ['--env', 'kubernetes', '--kubeconfig', cluster.kubeconfig, '--context', cluster.context, mails]
    const env = { ...process.env, XDG_STATE_HOME: join(dir, 'state'), BATCHSENDER_WEBHOOK_SECRET: 'secret' }
    return promisify(execFile)(process.execPath, [program, ...words, ...where], { env, cwd: projectDir })
  }

  const { stdout } = await command('plan', 'batchsender/kubernetes')
  const named = stdout.split('\n').filter((line) => line.includes('  pods: '))
  const [api, worker] = [(await pods('api')).join(', '), (await pods('worker')).join(', ')]
  expect(named.map((line) => line.trim())).toEqual([
    `pods: ① 1 of ${api}`,
    `pods: ② 1 of ${worker}`,
    `pods: ③ ${worker}`,
    'pods: ③ towards nats-0',
    `pods: ④ 1 of ${api}`,
  ])

  // Nothing runs in played pods.
  await expect(command('run', 'batchsender/kubernetes', '--out', join(dir, 'out'))).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/nothing answers at port 8080 of the Service api in mails, through a port-forward/),
  })
  expect(await cluster.kubectl('get', 'podchaos,networkchaos,stresschaos,lease', mails, '--output=name')).toBe('')
})
