// What holds for the parts of every system; what a system does not have is not asked of it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { LocalContext, LocalLayout } from '../model/system.ts'
import { localContext } from '../test/fixtures/local-context.ts'
import { systems } from './index.ts'

const projectDir = join(import.meta.dirname, '..')

const contextOf = (extra: Partial<LocalContext> = {}) => localContext({ projectDir, ...extra })

describe.each(Object.values(systems).filter(({ local }) => local !== undefined))('$name', (system) => {
  const weaknesses = Object.keys(system.weaknesses)
  const layoutOf = (extra: Partial<LocalContext> = {}): LocalLayout => {
    const layout = system.local?.(contextOf(extra))
    if (!layout) throw new Error(`${system.name} has no local environment`)
    return layout
  }

  test('every component has its instances, every link its proxy, and each waits for parts that exist', () => {
    const { processes, proxies } = layoutOf()
    for (const [name, { replicas }] of Object.entries(system.components)) {
      expect(processes.filter(({ component }) => component === name).length, name).toBe(replicas)
    }
    expect(proxies.map(({ name }) => name)).toEqual(system.links.map(({ from, to }) => `${from}-${to}`))
    const instances = processes.map(({ name }) => name)
    for (const { after } of processes) expect(instances).toEqual(expect.arrayContaining(after))
  })

  test('parts reach each other through the proxies of their own links only', () => {
    const { processes, proxies } = layoutOf()
    for (const { name, component, env } of processes) {
      const own = proxies.filter(({ from }) => from === component).map(({ listenPort }) => String(listenPort))
      const used = Object.values(env).flatMap((value) =>
        [...value.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => port),
      )
      for (const port of used) expect(own, name).toContain(port)
    }
  })

  test.skipIf(!system.containers)(
    'in containers load reaches published ports, and parts the proxies of their own links',
    () => {
      const layout = system.containers?.(contextOf())
      if (!layout) throw new Error(`${system.name} has no containers environment`)
      const { containers, proxies, scenarioEnv, baseUrl } = layout
      const hostsIn = (env: Record<string, string>) =>
        Object.values(env).flatMap((value) =>
          [...value.matchAll(/:\/\/(?:[\w:]+@)?([^/:]+):(\d+)/g)].map(([, ...at]) => at),
        )
      for (const [host] of hostsIn({ ...scenarioEnv, baseUrl })) expect(host).toBe('127.0.0.1')
      for (const { name, component, env } of containers) {
        const own = proxies.filter(({ from }) => from === component).map(({ listenPort }) => String(listenPort))
        for (const [host, port] of hostsIn(env)) {
          expect(host, name).toBe('toxiproxy')
          expect(own, name).toContain(port)
        }
      }
    },
  )

  test('the mains of its parts are there', () => {
    for (const { prepare } of layoutOf().processes) {
      const main = prepare.flat().find((word) => word.endsWith('.ts'))
      if (main !== undefined) expect(existsSync(main), main).toBe(true)
    }
  })

  test.skipIf(weaknesses.length === 0)('weaknesses reach the parts', () => {
    const told = layoutOf({ weaknesses }).processes.filter(({ env }) => env.WEAKNESSES === weaknesses.join())
    expect(told.length).toBeGreaterThan(0)
  })

  test.skipIf(!weaknesses.includes('never-restarts'))('one that never restarts reaches the supervisor', () => {
    const { processes } = layoutOf({ weaknesses: ['never-restarts'] })
    expect(new Set(processes.map(({ restartDelayMs }) => restartDelayMs))).toEqual(new Set([null]))
  })

  test.skipIf(!system.options)('its options reach the parts, and others are refused', () => {
    for (const name of Object.keys(system.options ?? {})) {
      const { processes } = layoutOf({ options: { [name]: '4711' } })
      expect(
        processes.some(({ env }) => Object.values(env).includes('4711')),
        name,
      ).toBe(true)
    }
    expect(() => layoutOf({ options: { noSuchOption: '1' } })).toThrow('has no such option')
  })

  test('its secrets are in no command line', () => {
    const { processes, scenarioEnv } = layoutOf()
    const all = [scenarioEnv, ...processes.map(({ env }) => env)]
    const secrets = system.secretEnv.flatMap((name) => all.flatMap((env) => env[name] ?? []))
    if (system.secretEnv.length > 0) expect(secrets.length).toBeGreaterThan(0)
    const logins = processes.flatMap(({ env }) => (env.DATABASE_URL ? [new URL(env.DATABASE_URL)] : []))
    for (const { username } of logins) expect(username).not.toBe('postgres')
    for (const { password } of logins) expect(password).toMatch(/^[0-9a-f]{64}$/)
    for (const { command, prepare } of processes) {
      const words = [...command, ...prepare.flat()].join(' ')
      for (const secret of [...secrets, ...logins.map(({ password }) => password)]) expect(words).not.toContain(secret)
    }
  })
})
