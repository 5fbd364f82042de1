import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { LocalContext, System } from '../model/system.ts'
import { systems } from './index.ts'

const projectDir = join(import.meta.dirname, '..')
const ports = new Map<string, number>()
const port = (name: string): number => {
  const known = ports.get(name) ?? 20_000 + ports.size
  ports.set(name, known)
  return known
}
const context: LocalContext = {
  runId: 'run',
  projectDir: '/project',
  workDir: '/work',
  port,
  tools: { node: '/node', natsServer: '/nats-server', postgres: '/postgres', initdb: '/initdb' },
  asUser: [],
  weaknesses: [],
  options: {},
}

const layoutOf = (system: System, change: Partial<LocalContext> = {}) => {
  const layout = system.local?.({ ...context, ...change })
  if (!layout) throw new Error(`${system.name} has no local environment`)
  return layout
}

describe.each(Object.entries(systems))('%s', (name, system) => {
  test('is registered by its name, and has a SLO document', () => {
    expect(system.name).toBe(name)
    expect(existsSync(join(projectDir, system.sloFile))).toBe(true)
  })

  test('every component has its instances and every link its proxy, of parts that are there', () => {
    const { processes, proxies } = layoutOf(system)
    const known = Object.keys(system.components)
    for (const component of known) {
      const instances = processes.filter((process) => process.component === component)
      expect(instances.length, component).toBe(system.components[component]?.replicas)
    }
    for (const { from, to } of system.links) {
      expect([...known, 'client']).toContain(from)
      expect(known).toContain(to)
    }
    expect(proxies.map((proxy) => proxy.name)).toEqual(system.links.map(({ from, to }) => `${from}-${to}`))
    const started: string[] = []
    for (const process of processes) {
      expect(started, process.name).toEqual(expect.arrayContaining(process.after))
      started.push(process.name)
    }
  })

  test('parts reach each other over their own links, so that a fault can cut every one of them', () => {
    const { processes, proxies } = layoutOf(system)
    const instances = new Map(processes.map((process) => [port(process.name), process]))
    const used = new Set<string>()
    for (const { name: instance, component, env } of processes) {
      for (const [, text = ''] of Object.values(env).flatMap((value) => [...value.matchAll(/127\.0\.0\.1:(\d+)/g)])) {
        const to = instances.get(Number(text))?.name
        expect(to, `${instance} reaches ${to} past every link`).toBeUndefined()
        const proxy = proxies.find(({ listenPort }) => listenPort === Number(text))
        expect(proxy?.from, `${instance} uses the link ${proxy?.name}`).toBe(component)
        used.add(proxy?.name ?? '')
      }
    }
    const between = system.links.filter(({ from }) => from !== 'client').map(({ from, to }) => `${from}-${to}`)
    expect([...used].sort()).toEqual(between.sort())
  })

  test('secrets belong to the run, and are in no command', () => {
    const secrets = (runId: string) => {
      const { processes, scenarioEnv } = layoutOf(system, { runId })
      const all = [scenarioEnv, ...processes.map(({ env }) => env)].flatMap(Object.entries)
      const values = new Set(all.filter(([key]) => system.secretEnv.includes(key)).map(([, value]) => value))
      for (const { command } of processes) for (const value of values) expect(command.join(' ')).not.toContain(value)
      return [...values]
    }
    expect(secrets('run')).toEqual(secrets('run'))
    for (const value of secrets('run')) {
      expect(value).toMatch(/^[0-9a-f]{64}$/)
      expect(secrets('another')).not.toContain(value)
    }
  })

  test('options and weaknesses reach the parts; an unknown option is refused', () => {
    const [option] = Object.keys(system.options ?? {})
    const [weakness] = Object.keys(system.weaknesses)
    const { processes } = layoutOf(system, {
      options: option ? { [option]: '4711' } : {},
      weaknesses: weakness ? [weakness] : [],
    })
    const told = processes.map(({ env }) => env).filter((env) => 'WEAKNESSES' in env)
    expect(told.length).toBeGreaterThan(0)
    for (const env of told) expect(env.WEAKNESSES).toBe(weakness ?? '')
    if (option) expect(told.some((env) => Object.values(env).includes('4711'))).toBe(true)
    expect(() => layoutOf(system, { options: { noSuchOption: '1' } })).toThrow('noSuchOption')
  })

  test('what is never started again stays down', () => {
    const delays = (weaknesses: string[]) =>
      new Set(layoutOf(system, { weaknesses }).processes.map(({ restartDelayMs }) => restartDelayMs))
    expect(delays(['never-restarts'])).toEqual(new Set([null]))
    expect(delays([])).not.toContain(null)
  })
})
